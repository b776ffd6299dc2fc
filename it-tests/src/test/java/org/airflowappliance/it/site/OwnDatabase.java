package org.airflowappliance.it.site;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A PostgreSQL of one test, with an empty database. */
public final class OwnDatabase implements AutoCloseable {
  private final PostgreSQLContainer container =
      new PostgreSQLContainer(TestImage.POSTGRES.reference()).withLabels(Owned.label());

  /** A server with nothing in it. */
  public OwnDatabase() {
    container.start();
  }

  /** Its database as SQLAlchemy names it, for programs on this machine. */
  public String url() {
    return "postgresql+psycopg2://%s:%s@%s:%d/%s"
        .formatted(
            container.getUsername(),
            URLEncoder.encode(container.getPassword(), StandardCharsets.UTF_8),
            container.getHost(),
            container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
            container.getDatabaseName());
  }

  @Override
  public void close() {
    container.stop();
  }
}

package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The site's PostgreSQL with Airflow's metadata. */
public final class Database implements AutoCloseable {
  private final PostgreSQLContainer container;

  Database(SiteNetwork network, String address, Secrets secrets) {
    container =
        new PostgreSQLContainer(TestImage.POSTGRES.reference())
            .withDatabaseName("airflow")
            .withUsername("airflow")
            .withPassword(secrets.get("DATABASE_PASSWORD"))
            .withLabels(Owned.label());
    container.start();
    network.join(container.getContainerId(), address);
  }

  /** The answer to a query: rows by line, columns by {@code |}. */
  public String query(String sql) {
    try {
      ExecResult result =
          container.execInContainer(
              "psql", "-U", "airflow", "-d", "airflow", "-v", "ON_ERROR_STOP=1", "-AtX", "-c", sql);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(sql + ": " + result.getStderr());
      }
      return result.getStdout().strip();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    container.stop();
  }
}

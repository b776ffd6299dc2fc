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
            // each process of a task has a connection of its own
            .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=300")
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

  /** Docker's id of the server's container. */
  String container() {
    return container.getContainerId();
  }

  /** What the server wrote to its log. */
  public String log() {
    return container.getLogs();
  }

  @Override
  public void close() {
    container.stop();
  }
}

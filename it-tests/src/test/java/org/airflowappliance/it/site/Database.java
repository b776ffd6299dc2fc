package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The site's PostgreSQL with Airflow's metadata. */
public final class Database implements AutoCloseable {
  // each process of a task has a connection of its own
  private static final List<String> COMMAND =
      List.of("postgres", "-c", "fsync=off", "-c", "max_connections=300");
  private static final List<String> TLS =
      List.of("ssl=on", "ssl_cert_file=/tls/pem", "ssl_key_file=/tls/key", "hba_file=/tls/hba");

  /** Programs of its own machine, such as the tests' queries, and others by TLS only. */
  private static final String LET_IN = "local all all trust\nhostssl all all all scram-sha-256\n";

  private static final int PUBLIC = 0644;
  private static final int PRIVATE = 0600;

  private final PostgreSQLContainer container;

  Database(SiteNetwork network, String address, Secrets secrets, Optional<SiteCa> ca)
      throws IOException {
    container =
        new PostgreSQLContainer(TestImage.POSTGRES.reference())
            .withDatabaseName("airflow")
            .withUsername("airflow")
            .withPassword(secrets.get("DATABASE_PASSWORD"))
            .withCommand(COMMAND.toArray(String[]::new))
            .withLabels(Owned.label());
    if (ca.isPresent()) {
      speakTls(ca.get().issue("PostgreSQL", address));
    }
    container.start();
    network.join(container.getContainerId(), address);
  }

  /**
   * The server reads a key only when that is its own, so it is given to its user before it starts.
   */
  private void speakTls(ServerKey key) {
    place("/tls/pem", key.certificate(), PUBLIC);
    place("/tls/key", key.key(), PRIVATE);
    place("/tls/hba", LET_IN, PUBLIC);
    List<String> command = new ArrayList<>(COMMAND);
    TLS.forEach(each -> command.addAll(List.of("-c", each)));
    String words = String.join(" ", command);
    container.withCommand(
        "sh", "-c", "chown -R postgres /tls && exec docker-entrypoint.sh " + words);
  }

  private void place(String path, String text, int mode) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    container.withCopyToContainer(Transferable.of(bytes, mode), path);
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

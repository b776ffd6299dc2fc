package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The site's PostgreSQL with Airflow's metadata. */
public final class Database implements AutoCloseable {
  // each process of a task has a connection of its own
  private static final List<String> COMMAND =
      List.of("postgres", "-c", "fsync=off", "-c", "max_connections=300");
  private static final List<String> TLS =
      List.of("ssl=on", "ssl_cert_file=/tls/pem", "ssl_key_file=/tls/key", "hba_file=/tls/hba");

  /** Programs of its own machine, such as its image's entry point, and others by TLS only. */
  private static final String LET_IN = "local all all trust\nhostssl all all all scram-sha-256\n";

  /** A line of a deadlock's detail, but for those about DAG files. */
  private static final Pattern DEADLOCK =
      Pattern.compile(
          "Process \\d+: (UPDATE|INSERT INTO|DELETE FROM|SELECT)"
              + " \"?(?!(dag|dag_code|dag_tag|serialized_dag|import_error)\\b)\\w");

  private static final int PUBLIC = 0644;
  private static final int PRIVATE = 0600;
  private static final int LIMIT_SECONDS = 60;

  private final PostgreSQLContainer container;
  private final String address;
  private final boolean tls;

  /** Kept, as a program that connects for each query is a good part of what a busy machine does. */
  private Connection connection;

  Database(SiteNetwork network, String address, Secrets secrets, Optional<SiteCa> ca)
      throws IOException {
    this.address = address;
    container =
        new PostgreSQLContainer(TestImage.POSTGRES.reference())
            .withDatabaseName("airflow")
            .withUsername("airflow")
            .withPassword(secrets.get("DATABASE_PASSWORD"))
            .withCommand(COMMAND.toArray(String[]::new))
            .withLabels(Owned.label());
    tls = ca.isPresent();
    if (tls) {
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

  /** The answer to a query as psql prints it: rows by line, columns by {@code |}. */
  public synchronized String query(String sql) {
    try {
      if (connection == null || !connection.isValid(LIMIT_SECONDS)) {
        connection = connect();
      }
      try (Statement statement = connection.createStatement()) {
        return statement.execute(sql) ? rows(statement.getResultSet()) : "";
      }
    } catch (SQLException problem) {
      throw new IllegalStateException(sql + ": " + problem.getMessage(), problem);
    }
  }

  /** Whoever else asks for a table waits until this connection is closed. */
  public Connection hold(String table) throws SQLException {
    Connection made = connect();
    made.setAutoCommit(false);
    try (Statement statement = made.createStatement()) {
      statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    }
    return made;
  }

  /** Values come as text, several statements may be given at once, as from psql. */
  private Connection connect() throws SQLException {
    Properties how = new Properties();
    how.setProperty("user", container.getUsername());
    how.setProperty("password", container.getPassword());
    how.setProperty("sslmode", tls ? "require" : "disable");
    how.setProperty("preferQueryMode", "simple");
    how.setProperty("connectTimeout", Integer.toString(LIMIT_SECONDS));
    how.setProperty("socketTimeout", Integer.toString(LIMIT_SECONDS));
    Connection made = DriverManager.getConnection(container.getJdbcUrl(), how);
    try (Statement statement = made.createStatement()) {
      statement.execute("SET TIME ZONE 'UTC'");
    }
    return made;
  }

  private static String rows(ResultSet found) throws SQLException {
    StringJoiner rows = new StringJoiner("\n");
    while (found.next()) {
      StringJoiner row = new StringJoiner("|");
      for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
        row.add(Objects.requireNonNullElse(found.getString(column), ""));
      }
      rows.add(row.toString());
    }
    return rows.toString().strip();
  }

  /** Where nodes and pods reach it. */
  public String address() {
    return address;
  }

  /** Docker's id of the server's container. */
  String container() {
    return container.getContainerId();
  }

  /** What the server wrote to its log. */
  public String log() {
    return container.getLogs();
  }

  /**
   * The statements that were in deadlocks, but for those about DAG files: new ones that three
   * parsers write at the same moment may meet, and Airflow writes them again.
   *
   * @param from how much of the log was there before
   */
  public List<String> deadlocks(int from) {
    return log().substring(from).lines().filter(line -> DEADLOCK.matcher(line).find()).toList();
  }

  @Override
  public void close() {
    container.stop();
  }
}

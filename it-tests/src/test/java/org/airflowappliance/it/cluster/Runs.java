package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Cluster;

/** DAGs of the tests' own and their runs, as a team and the database see them. */
final class Runs {
  /** A file's way into the list of DAGs, when the machine is busy. */
  static final Duration VISIBLE = Duration.ofMinutes(6);

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS suite_records (
        at timestamptz DEFAULT clock_timestamp(), dag_id text, run_id text, task_id text,
        try_number int, what text, host text)
      """;

  /** In the place of a look now and then: also what is put right at once is seen. */
  private static final String DEACTIVATED =
      """
      CREATE TABLE IF NOT EXISTS suite_deactivated (
        at timestamptz DEFAULT clock_timestamp(), dag_id text);
      CREATE OR REPLACE FUNCTION suite_deactivated() RETURNS trigger AS $$
        BEGIN INSERT INTO suite_deactivated (dag_id) VALUES (OLD.dag_id); RETURN NULL; END
      $$ LANGUAGE plpgsql;
      CREATE OR REPLACE TRIGGER suite_deactivated AFTER UPDATE OF is_active ON dag FOR EACH ROW
        WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION suite_deactivated()
      """;

  private final Cluster cluster;

  Runs(Cluster cluster) {
    this.cluster = cluster;
    // of several at a time one would fail, though none is needed when the other is there
    synchronized (Runs.class) {
      query(TABLE);
    }
  }

  /** Puts DAG files of the tests' resources into the bucket. */
  void put(String... files) throws IOException {
    for (String file : files) {
      cluster.store().put("dags/" + file, text(file));
    }
  }

  /** A DAG file of the tests' resources. */
  static String text(String file) throws IOException {
    try (InputStream stream = Runs.class.getResourceAsStream("/cluster-dags/" + file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Waits until all these DAGs are in the list, and lets their runs begin. */
  void ready(String... dags) {
    for (String dag : dags) {
      cluster.until("DAG " + dag + " is known", VISIBLE, () -> isActive(dag));
      cluster.as("ada").unpause(dag);
    }
  }

  private boolean isActive(String dag) {
    return !query("SELECT 1 FROM dag WHERE is_active AND dag_id = '" + dag + "'").isEmpty();
  }

  /** Waits until a run ended, and gives its state. */
  String ended(String dag, String run, Duration limit) {
    String sql =
        "SELECT state FROM dag_run WHERE dag_id = '%s' AND run_id = '%s'".formatted(dag, run);
    cluster.until(
        "run " + run + " of " + dag + " ends",
        limit,
        () -> List.of("success", "failed").contains(query(sql)));
    return query(sql);
  }

  /** Ends a run that nobody waits for: its tasks are over, those that run are stopped. */
  void end(String dag, String run) {
    cluster.as("ada").write("PATCH", "/dags/" + dag + "/dagRuns/" + run, Map.of("state", "failed"));
  }

  /** A run's date as Airflow's pages write it. */
  String date(String run) {
    return query(
        """
        SELECT to_char(execution_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'
        FROM dag_run WHERE run_id = '%s'"""
            .formatted(run));
  }

  /** The states of a run's tasks. */
  Map<String, String> states(String dag, String run) {
    return rows("SELECT task_id, state FROM task_instance WHERE dag_id = '%s' AND run_id = '%s'"
            .formatted(dag, run))
        .collect(Collectors.toMap(row -> row[0], row -> row[1], (one, other) -> one, TreeMap::new));
  }

  /** Rows of a query, cut into columns. */
  Stream<String[]> rows(String sql) {
    return Arrays.stream(query(sql).split("\n"))
        .filter(line -> !line.isEmpty())
        .map(line -> line.split("\\|", -1));
  }

  String query(String sql) {
    return cluster.database().query(sql);
  }

  /** How many tasks of a run have begun. */
  int started(String run) {
    return Integer.parseInt(
        query(
            "SELECT count(*) FROM suite_records WHERE what = 'start' AND run_id = '" + run + "'"));
  }

  /** How many tasks were at work at a moment, in seconds since 1970. */
  int during(long second) {
    return Integer.parseInt(
        query(
            """
            SELECT count(*) FROM suite_records begun JOIN suite_records ended
            USING (dag_id, run_id, task_id, try_number) WHERE begun.what = 'start'
            AND ended.what = 'end' AND to_timestamp(%d) BETWEEN begun.at AND ended.at"""
                .formatted(second)));
  }

  /** The DAGs that are in the list. */
  List<String> active() {
    return List.of(query("SELECT dag_id FROM dag WHERE is_active ORDER BY 1").split("\n"));
  }

  /** From now on the database notes each DAG that is deactivated. */
  void noteDeactivated() {
    query(DEACTIVATED);
  }

  /** The DAGs that were deactivated since then, also for a moment. */
  List<String> deactivated() {
    return rows("SELECT dag_id FROM suite_deactivated ORDER BY at").map(row -> row[0]).toList();
  }

  /** Each task of a run began once and ended once: nothing was lost and nothing done twice. */
  void onceEach(String run, int tasks) {
    List<String> found =
        rows("SELECT task_id, what, count(*) FROM suite_records WHERE run_id = '%s' GROUP BY 1, 2"
                .formatted(run))
            .map(row -> String.join(" ", row))
            .sorted()
            .toList();
    assertThat(found)
        .as("rows of run " + run)
        .hasSize(2 * tasks)
        .allMatch(row -> row.endsWith(" 1"));
  }

  /** Each task of a run with the moments of its start and its end, as PostgreSQL counts seconds. */
  List<String[]> times(String run) {
    return rows("""
            SELECT task_id, extract(epoch FROM start_date), extract(epoch FROM end_date)
            FROM task_instance WHERE run_id = '%s'"""
            .formatted(run))
        .toList();
  }

  static Instant moment(String seconds) {
    return Instant.ofEpochMilli(new BigDecimal(seconds).movePointRight(3).longValue());
  }
}

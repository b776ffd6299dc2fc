package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.PodLives;
import org.airflowappliance.it.site.PodLives.Life;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Promise 8: sixty tasks at once over three schedulers. */
@Order(22)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
final class LoadIT {
  private static final String RUN = "wide-1";
  private static final int TASKS = 60;
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final Duration CLEAN = Duration.ofSeconds(60);

  @Test
  void allSucceedAndNothingIsLeft(Cluster cluster) throws IOException {
    Runs runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("wide");
    int logged = cluster.database().log().length();
    long begun = System.nanoTime();
    cluster.as("ada").trigger("wide", RUN, Map.of("seconds", 1));
    int[] most = new int[2];
    cluster.until("the run ends", LIMIT, () -> isOver(runs, most));
    assertThat(runs.ended("wide", RUN, LIMIT)).isEqualTo("success");
    cluster
        .report()
        .fact("most tasks at once, connections to PostgreSQL", most[0] + ", " + most[1]);
    cluster.report().time(TASKS + " tasks at once, whole run", begun);
    runs.onceEach(RUN, TASKS);
    cluster.until(
        "no pod of the run is left",
        CLEAN,
        () ->
            cluster.pods().of(RUN, "").size() == TASKS
                && cluster.pods().of(RUN, "").stream().allMatch(each -> each.gone().isPresent()));
    assertThat(cluster.database().deadlocks(logged)).isEmpty();
    times(cluster, runs);
    List<String> shares = shares(runs);
    cluster.report().fact("sixty tasks, by scheduler", String.join(" + ", shares));
    assertThat(shares).as("tasks by scheduler").hasSizeGreaterThan(1);
    for (SystemdNode node : cluster.nodes()) {
      isEmpty(node);
    }
  }

  private static void times(Cluster cluster, Runs runs) {
    List<Duration> started = new ArrayList<>();
    List<Duration> deleted = new ArrayList<>();
    for (String[] row : runs.times(RUN)) {
      Life life = cluster.pods().of(RUN, row[0]).get(0);
      started.add(Duration.between(life.created(), Runs.moment(row[1])));
      deleted.add(PodLives.between(life.created(), life.gone()));
    }
    cluster.report().times("pod created -> task started, sixty at once", started);
    cluster.report().times("pod created -> pod deleted, sixty at once", deleted);
  }

  /** Whether no task is left, and the most that were seen of running tasks and connections. */
  private static boolean isOver(Runs runs, int[] most) {
    String[] now =
        runs.rows(
                "SELECT count(*) FILTER (WHERE state = 'running'), (SELECT count(*) FROM"
                    + " pg_stat_activity WHERE usename = 'airflow'), count(*) FILTER (WHERE state ="
                    + " 'success') FROM task_instance WHERE run_id = '"
                    + RUN
                    + "'")
            .findFirst()
            .orElseThrow();
    most[0] = Math.max(most[0], Integer.parseInt(now[0]));
    most[1] = Math.max(most[1], Integer.parseInt(now[1]));
    return Integer.parseInt(now[2]) == TASKS;
  }

  /** How many of the run's tasks each scheduler started. */
  private static List<String> shares(Runs runs) {
    return runs.rows(
            "SELECT count(*) FROM task_instance WHERE run_id = '"
                + RUN
                + "' AND queued_by_job_id IS NOT NULL GROUP BY queued_by_job_id ORDER BY 1 DESC")
        .map(row -> row[0])
        .toList();
  }

  /** Nothing is left in a scheduler's executor, which it says when it is asked by a signal. */
  private static void isEmpty(SystemdNode node) {
    node.until(
        "its executor is empty",
        CLEAN,
        () ->
            node.run(
                "now=$(date +%s); kill -USR2 $(pgrep -o -f 'bin/airflow scheduler'); sleep 2;"
                    + " journalctl --no-pager -o cat -u airflow-scheduler --since @$now"),
        said -> said.contains("executor.queued (0)") && said.contains("executor.running (0)"));
  }
}

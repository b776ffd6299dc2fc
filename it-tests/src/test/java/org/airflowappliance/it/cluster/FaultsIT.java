package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Promise 6: what dies is not missed. Each fault happens while tasks run and wait; then a task
 * begins in time, every run ends well, and each task was done once.
 */
@Order(30)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultsIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration PAGE = Duration.ofSeconds(10);
  private static final Duration TASK = Duration.ofSeconds(30);
  private static final Duration TASK_WITHOUT_NODE = Duration.ofSeconds(60);
  private static final Duration AWAY = Duration.ofSeconds(60);
  private static final int TASKS = 8;

  private final List<String> begun = new ArrayList<>();
  private Cluster cluster;
  private Airflow airflow;
  private Runs runs;

  @BeforeAll
  void dags(Cluster cluster) throws IOException {
    this.cluster = cluster;
    airflow = cluster.as("ada");
    runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("steady");
  }

  /** Begins a run and waits until it has tasks that run; more of it waits for them. */
  private void busy(String name) {
    trigger(name, 15);
    cluster.until("tasks of " + name + " run", LIMIT, () -> started(name) > 0);
    // these are queued, or on their way to Kubernetes, when the fault happens
    trigger(name + "-queued", 5);
    cluster.until(
        "tasks of " + name + "-queued wait", LIMIT, () -> !queuedBy(name + "-queued").isEmpty());
  }

  private void trigger(String run, int seconds) {
    airflow.trigger("steady", run, Map.of("seconds", seconds));
    begun.add(run);
  }

  private int started(String run) {
    return Integer.parseInt(
        runs.query(
            "SELECT count(*) FROM suite_records WHERE what = 'start' AND run_id = '" + run + "'"));
  }

  /** The machine whose scheduler has queued tasks of a run. */
  private String queuedBy(String run) {
    return runs.query(
        """
        SELECT j.hostname FROM task_instance t JOIN job j ON j.id = t.queued_by_job_id
        WHERE t.run_id = '%s' ORDER BY t.task_id LIMIT 1"""
            .formatted(run));
  }

  private SystemdNode node(String name) {
    return cluster.nodes().stream()
        .filter(node -> name.startsWith(node.name()))
        .findFirst()
        .orElseThrow();
  }

  private SystemdNode another(SystemdNode than) {
    return cluster.nodes().stream().filter(node -> node != than).findFirst().orElseThrow();
  }

  /** A run that begins now has a task that begins in time. */
  private void goesOn(String fault, Duration limit) {
    long now = System.nanoTime();
    String run = fault + "-after";
    trigger(run, 1);
    cluster.until(fault + ": a task begins", limit, () -> started(run) > 0);
    cluster.report().time(fault + " -> a new run's task begins", now);
  }

  /** Every run ended well, and nothing was lost or done twice. */
  private void allWell() {
    for (String run : begun) {
      assertThat(runs.ended("steady", run, LIMIT)).as(run).isEqualTo("success");
      runs.onceEach(run, TASKS);
    }
    begun.clear();
    assertThat(runs.query("SELECT dag_id FROM dag WHERE NOT is_active AND dag_id = 'steady'"))
        .isEmpty();
  }

  @Test
  @Order(1)
  void aKilledSchedulerAndAKilledWebserver() {
    busy("processes");
    SystemdNode scheduler = node(queuedBy("processes-queued"));
    try (Outage pages = new Outage(cluster.balancer().url())) {
      scheduler.run("systemctl kill --kill-who=all --signal=KILL airflow-scheduler.service");
      another(scheduler)
          .run("systemctl kill --kill-who=all --signal=KILL airflow-webserver.service");
      goesOn("scheduler and webserver killed", TASK);
      allWell();
      pages.report(cluster, "scheduler and webserver killed");
      assertThat(pages.longest()).isLessThan(PAGE);
    }
    cluster.nodes().forEach(Cluster::working);
  }

  @Test
  @Order(2)
  void aKilledNode() {
    busy("node");
    SystemdNode node = node(queuedBy("node-queued"));
    try (Outage pages = new Outage(cluster.balancer().url())) {
      node.kill();
      goesOn("node killed", TASK_WITHOUT_NODE);
      allWell();
      pages.report(cluster, "node killed");
      assertThat(pages.longest()).isLessThan(PAGE);
    }
    long now = System.nanoTime();
    node.boot();
    Cluster.working(node);
    cluster.report().time("node boots again -> all its units work", now);
    assertThat(node.run("systemctl --failed --no-legend; rpm -V airflow airflow-cluster-homelab"))
        .isEmpty();
    cluster.until(
        "the balancer uses it again",
        LIMIT,
        () -> cluster.balancer().nodes().values().stream().allMatch("UP"::equals));
  }

  @Test
  @Order(3)
  void anObjectStoreThatIsAway() throws InterruptedException {
    busy("store");
    try (Outage pages = new Outage(cluster.balancer().url())) {
      cluster.store().stop();
      Thread.sleep(AWAY.toMillis());
      cluster.store().start();
      goesOn("S3 was away for a minute", TASK);
      allWell();
      assertThat(pages.longest()).isLessThan(PAGE);
    }
    cluster.nodes().forEach(Cluster::working);
  }
}

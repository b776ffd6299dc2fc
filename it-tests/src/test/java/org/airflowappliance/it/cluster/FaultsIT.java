package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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
  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Airflow's own settings would leave a dead scheduler's tasks alone for longer than this. */
  private static final Duration WELL = Duration.ofMinutes(3);

  private static final Duration PAGE = Duration.ofSeconds(10);
  private static final Duration TASK = Duration.ofSeconds(30);
  private static final Duration TASK_WITHOUT_NODE = Duration.ofSeconds(60);
  private static final Duration AWAY = Duration.ofSeconds(60);
  private static final int TASKS = 7;

  /** What the tasks that wait ask for of the machine that they run on. */
  private static final String LABEL = "suite/held";

  private Cluster cluster;
  private Airflow airflow;
  private Runs runs;

  @BeforeAll
  void dags(Cluster cluster) throws IOException {
    this.cluster = cluster;
    airflow = cluster.as("ada");
    runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("busy", "single");
    runs.noteDeactivated();
  }

  @BeforeEach
  void hold() {
    label("yes");
  }

  /** From now on tasks that waited begin, as pods. */
  private void release() {
    label("no");
  }

  private void label(String held) {
    for (Node machine : cluster.client().nodes().list().getItems()) {
      cluster
          .client()
          .resource(machine)
          .edit(
              each ->
                  new NodeBuilder(each)
                      .editMetadata()
                      .addToLabels(LABEL, held)
                      .endMetadata()
                      .build());
    }
  }

  /** Begins a run; the machine whose scheduler has tasks of it that run and tasks that wait. */
  private SystemdNode busy(String run) {
    airflow.trigger("busy", run, Map.of("seconds", 10));
    return schedulerOf(run, "count(*) FILTER (WHERE t.state = 'running') > 0");
  }

  /** Begins a run; the machine whose scheduler has taken tasks of it this moment. */
  private SystemdNode queueing(String run) {
    airflow.trigger("busy", run, Map.of("seconds", 1));
    return schedulerOf(run, "true");
  }

  private SystemdNode schedulerOf(String run, String condition) {
    String sql =
        """
        SELECT j.hostname FROM task_instance t JOIN job j ON j.id = t.queued_by_job_id
        WHERE t.run_id = '%s' GROUP BY 1 HAVING count(*) FILTER (WHERE t.state = 'queued') > 0
        AND %s ORDER BY count(*) DESC LIMIT 1"""
            .formatted(run, condition);
    AtomicReference<String> name = new AtomicReference<>("");
    cluster.until(
        run + ": tasks wait, and " + condition,
        LIMIT,
        () -> !name.updateAndGet(before -> runs.query(sql)).isEmpty());
    return cluster.nodes().stream()
        .filter(node -> name.get().startsWith(node.name()))
        .findFirst()
        .orElseThrow();
  }

  private SystemdNode another(SystemdNode than) {
    return cluster.nodes().stream().filter(node -> node != than).findFirst().orElseThrow();
  }

  /** Of a scheduler that was ended this moment tasks of a run wait; says how many others run. */
  private int interrupted(String fault, SystemdNode scheduler, String run) {
    String[] counts =
        runs.rows(
                """
                SELECT count(*) FILTER (WHERE t.state = 'queued'),
                count(*) FILTER (WHERE t.state = 'running')
                FROM task_instance t JOIN job j ON j.id = t.queued_by_job_id
                WHERE t.run_id = '%s' AND j.hostname LIKE '%s%%'"""
                    .formatted(run, scheduler.name()))
            .findFirst()
            .orElseThrow();
    cluster
        .report()
        .fact(fault + ": its tasks of " + run + " that waited, ran", counts[0] + ", " + counts[1]);
    assertThat(counts[0]).as(run + ": tasks that waited").isNotEqualTo("0");
    return Integer.parseInt(counts[1]);
  }

  /** A run that begins now has a task that begins in time. */
  private void goesOn(String fault, Duration limit) {
    long now = System.nanoTime();
    String run = fault + ", after";
    airflow.trigger("single", run, Map.of());
    cluster.until(fault + ": a task begins", limit, () -> runs.started(run) > 0);
    Duration took = Duration.ofNanos(System.nanoTime() - now);
    cluster.report().time(fault + " -> a new run's task begins", took);
    assertThat(took).isLessThan(Pace.here(limit));
    assertThat(runs.ended("single", run, WELL)).isEqualTo("success");
    runs.onceEach(run, 1);
  }

  /** The run that was going on ends well: nothing was lost or done twice. */
  private void endsWell(String fault, String run, long since) {
    cluster.until(fault + ": what waited begins", WELL, () -> runs.started(run) >= TASKS - 1);
    cluster.report().time(fault + " -> all tasks of " + run + " have begun", since);
    assertThat(runs.ended("busy", run, WELL)).isEqualTo("success");
    assertThat(Duration.ofNanos(System.nanoTime() - since)).as(fault).isLessThan(Pace.here(WELL));
    runs.onceEach(run, TASKS);
    assertThat(runs.active()).contains("busy", "single");
    assertThat(runs.deactivated()).as(fault + ": deactivated").doesNotContain("busy", "single");
  }

  @Test
  @Order(1)
  void aKilledSchedulerAndAKilledWebserver() {
    String fault = "scheduler and webserver killed";
    try (Outage pages = new Outage(cluster)) {
      SystemdNode scheduler = busy("processes");
      SystemdNode webserver = another(scheduler);
      long since = System.nanoTime();
      kill(scheduler, "airflow-scheduler.service");
      assertThat(interrupted(fault, scheduler, "processes")).as("tasks that ran").isPositive();
      kill(webserver, "airflow-webserver.service");
      release();
      goesOn(fault, TASK);
      endsWell(fault, "processes", since);
      pages.report(fault);
      assertThat(pages.longest()).isLessThan(Pace.here(PAGE));
      cluster.nodes().forEach(Cluster::working);
      assertThat(restarts(scheduler, "airflow-scheduler.service")).isPositive();
      assertThat(restarts(webserver, "airflow-webserver.service")).isPositive();
    }
  }

  private static void kill(SystemdNode node, String unit) {
    node.run("systemctl kill --kill-who=all --signal=KILL " + unit);
  }

  private static int restarts(SystemdNode node, String unit) {
    return Integer.parseInt(node.run("systemctl show -p NRestarts --value " + unit).strip());
  }

  @Test
  @Order(2)
  void aKilledNode() {
    String fault = "node killed";
    SystemdNode node;
    long now;
    try (Outage pages = new Outage(cluster)) {
      busy("node");
      node = queueing("node-queued");
      long since = System.nanoTime();
      node.losePower();
      try {
        interrupted(fault, node, "node-queued");
        release();
        goesOn(fault, TASK_WITHOUT_NODE);
        endsWell(fault, "node-queued", since);
        endsWell(fault, "node", since);
        pages.report(fault);
        assertThat(pages.longest()).isLessThan(Pace.here(PAGE));
      } finally {
        now = System.nanoTime();
        node.boot();
      }
    }
    Cluster.working(node);
    cluster.report().time("node boots again -> all its units work", now);
    cluster.until("the balancer uses it again", LIMIT, () -> cluster.balancer().usesAll());
    assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
  }

  @Test
  @Order(3)
  void anObjectStoreThatIsAway() {
    String fault = "S3 was away for a minute";
    try (Outage pages = new Outage(cluster)) {
      busy("store");
      List<String> active = runs.active();
      List<String> before = runs.deactivated();
      cluster.store().stop();
      try {
        release();
        LockSupport.parkNanos(AWAY.toNanos());
        assertThat(runs.active()).isEqualTo(active);
      } finally {
        cluster.store().start();
      }
      long since = System.nanoTime();
      goesOn(fault, TASK);
      endsWell(fault, "store", since);
      pages.report(fault);
      assertThat(pages.longest()).isLessThan(Pace.here(PAGE));
      assertThat(runs.active()).isEqualTo(active);
      assertThat(runs.deactivated()).isEqualTo(before);
    }
    cluster.nodes().forEach(Cluster::working);
  }

  @Test
  @Order(4)
  void aRebootChangesNothing() {
    SystemdNode node = cluster.nodes().get(0);
    String before = state(node);
    node.reboot();
    Cluster.working(node);
    assertThat(state(node)).isEqualTo(before);
    assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
  }

  private static String state(SystemdNode node) {
    return node.run(
        "rpm -qa | sort; rpm -V airflow airflow-cluster-homelab; find /etc/airflow -type f | sort"
            + " | xargs sha256sum; systemctl list-unit-files --no-legend 'airflow*';"
            + " firewall-cmd --list-all");
  }
}

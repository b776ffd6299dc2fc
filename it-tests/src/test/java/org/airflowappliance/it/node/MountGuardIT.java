package org.airflowappliance.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.airflowappliance.it.site.KubernetesDouble;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A DAG mount that is dead, hanging or away deactivates no DAG and comes back by itself. */
@Order(0) // the longest waits, which go by while the cluster starts
@Tag("cluster")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("the mount") // so that its own tests come one after another
@ExtendWith({SiteExtension.OfClass.class, InOrder.class})
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MountGuardIT {
  /** The promise for the mount's return. */
  private static final Duration RETURN = Duration.ofSeconds(15);

  /** Longer than Airflow needs to list the folder (20 s) and to deactivate what it does not see. */
  private static final Duration AWAY = Duration.ofSeconds(45);

  private static final String MARKER = "timeout 3 cat /opt/airflow/dags/.airflow-appliance";
  private static final String BOTH = "deleted\nkept";
  private static final String DAG =
      """
      from datetime import datetime

      from airflow import DAG

      dag = DAG("%s", start_date=datetime(2022, 1, 1), schedule_interval=None)
      """;

  private Site site;
  private KubernetesDouble kubernetes;
  private SystemdNode node;

  @BeforeAll
  void schedulerRuns(Site site, KubernetesDouble kubernetes) throws IOException {
    this.site = site;
    this.kubernetes = kubernetes;
    node = NodeSteps.ready(site, 1);
    for (String name : new String[] {"kept", "deleted"}) {
      site.store().put("dags/" + name + ".py", DAG.formatted(name));
    }
    kubernetes.start();
  }

  @AfterAll
  void apiIsGone() {
    kubernetes.close();
  }

  @Test
  @Order(1)
  void theSchedulerStartsWhenKubernetesAnswersAndFindsTheDags() {
    node.untilUnit("airflow-scheduler.service", "active", NodeSteps.START);
    node.until("both DAGs are known", NodeSteps.START, this::active, BOTH::equals);
  }

  @Test
  @Order(2)
  void theMountIsReadOnlyAndHoldsThePrefixAlone() {
    assertThat(node.run("ls /opt/airflow/dags").lines())
        .containsExactly("deleted.py", "kept.py", "sci", "teams");
    assertThat(node.attempt(NodeSteps.QUICK, "touch /opt/airflow/dags/new").err())
        .contains("Read-only file system");
  }

  @Test
  @Order(3)
  void aKilledMountIsBackSoonAndNoDagWasDeactivated() {
    node.run("pkill -9 -x s3fs");
    Duration took = untilRead();
    assertThat(took).isLessThan(Pace.here(RETURN));
    staysActive(AWAY);
  }

  @Test
  @Order(4)
  void aHangingStoreDeactivatesNothing() {
    site.store().hang();
    try {
      staysActive(AWAY);
      node.until(
          "the status names S3",
          NodeSteps.QUICK,
          () -> node.status("airflow-dags.service"),
          status -> status.contains("S3 at"));
    } finally {
      site.store().resume();
    }
    comesBack();
  }

  @Test
  @Order(5)
  void aStoppedStoreAndAKilledMountDeactivateNothing() {
    site.store().stop();
    try {
      node.run("pkill -9 -x s3fs || :");
      staysActive(AWAY);
    } finally {
      site.store().start();
    }
    comesBack();
  }

  @Test
  @Order(6)
  void aDeletedFileStillDeactivatesItsDag() {
    site.store().delete("dags/deleted.py");
    node.until(
        "the DAG of the deleted file is inactive", NodeSteps.START, this::active, "kept"::equals);
  }

  private Duration untilRead() {
    return node.until(
        "the mount is read again",
        NodeSteps.START,
        () -> node.attempt(NodeSteps.QUICK, MARKER),
        read -> read.code() == 0);
  }

  private void comesBack() {
    Duration took = untilRead();
    assertThat(took).isLessThan(Pace.here(RETURN));
    assertThat(active()).isEqualTo(BOTH);
  }

  private void staysActive(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      assertThat(active()).isEqualTo(BOTH);
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    }
  }

  private String active() {
    return site.database().query("SELECT dag_id FROM dag WHERE is_active ORDER BY dag_id");
  }
}

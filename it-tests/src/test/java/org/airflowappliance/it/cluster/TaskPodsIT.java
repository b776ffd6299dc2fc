package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.PodLives.Life;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise 4: each task is a pod of its own, and however it ends, Airflow knows it and says why. */
@Order(11)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TaskPodsIT {
  private static final String RUN = "ends-1";
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Duration TOLD = Duration.ofSeconds(60);

  private Cluster cluster;
  private Airflow airflow;
  private Runs runs;

  @BeforeAll
  void runs(Cluster cluster) throws IOException {
    this.cluster = cluster;
    airflow = cluster.as("ada");
    runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py", "ends.py");
    runs.ready("ends", "every_minute");
    airflow.trigger("ends", RUN, Map.of());
  }

  private String state(String task) {
    return runs.states("ends", RUN).getOrDefault(task, "");
  }

  private void until(String task, String state) {
    cluster.until(task + " is " + state, LIMIT, () -> state(task).equals(state));
  }

  private String log(String task, int tried) {
    return airflow.log("ends", RUN, task, tried);
  }

  @Test
  @Order(1)
  void itsLogIsThereWhileItRuns() {
    cluster.until(
        "the log is live",
        LIMIT,
        () -> log("success", 1).contains("second 2") && state("success").equals("running"));
  }

  @Test
  @Order(2)
  void whenItsPodDiesItFailsAndTheLogSaysSo() {
    until("all_killed", "running");
    cluster.until("it says something", LIMIT, () -> log("all_killed", 1).contains("second 3"));
    Life life = cluster.pods().of(RUN, "all_killed").get(0);
    String container =
        life.pod()
            .getStatus()
            .getContainerStatuses()
            .get(0)
            .getContainerID()
            .replace("containerd://", "");
    cluster.kubernetes().run("ctr", "tasks", "kill", "--all", "--signal", "SIGKILL", container);
    Duration took =
        cluster.until("all_killed failed", TOLD, () -> state("all_killed").equals("failed"));
    cluster.report().time("every process of a task's container killed -> task failed", took);
    endsWith("all_killed", "signal 9");
    assertThat(log("all_killed", 1)).contains("second 3");
  }

  /** The state comes first; the log of a pod that died is completed by a scheduler beside it. */
  private void endsWith(String task, String reason) {
    cluster.until(
        "the log of " + task + " ends with '" + reason + "'",
        TOLD,
        () ->
            log(task, 1)
                .lines()
                .filter(line -> !line.isBlank())
                .reduce("", (before, last) -> last)
                .contains(reason));
  }

  @Test
  @Order(3)
  void theOthersEndAsTheyShould() {
    cluster.until(
        "all tasks ended",
        LIMIT,
        () ->
            runs.states("ends", RUN).values().stream()
                .allMatch(state -> List.of("success", "failed").contains(state)));
    assertThat(runs.states("ends", RUN))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "success", "success",
                "failure", "failed",
                "retry", "success",
                "timeout", "failed",
                "killed", "failed",
                "all_killed", "failed",
                "out_of_memory", "failed",
                "inside", "success"));
  }

  @Test
  @Order(4)
  void theLogsSayWhy() {
    assertThat(log("success", 1)).contains("the last line");
    assertThat(log("failure", 1)).contains("on purpose");
    assertThat(log("retry", 1)).contains("the first try fails");
    assertThat(log("retry", 2)).contains("the second try succeeds");
    assertThat(log("timeout", 1)).contains("AirflowTaskTimeout");
    assertThat(log("killed", 1)).contains("about to be killed");
    endsWith("killed", "killed with SIGKILL");
    assertThat(log("out_of_memory", 1)).contains("taking memory");
    endsWith("out_of_memory", "out of memory, limit 1024Mi");
    for (String[] row : runs.times(RUN)) {
      if (List.of("killed", "out_of_memory").contains(row[0])) {
        Duration whole = Duration.between(Runs.moment(row[1]), Runs.moment(row[2]));
        cluster.report().time("task " + row[0] + ": from its start to its failure", whole);
        assertThat(whole).as(row[0]).isLessThan(Pace.here(TOLD));
      }
    }
  }

  @Test
  @Order(5)
  void theWorkerMayDoNothingElse() {
    assertThat(log("inside", 1))
        .contains(
            "INFO - 50000",
            "CapEff:\t0000000000000000",
            "INFO - ends.py",
            "touch: cannot touch '/opt/airflow/s3/dags/x': Read-only file system",
            "touch: cannot touch '/usr/x': Read-only file system",
            "fuse.s3fs ro",
            "cannot access '/var/run/secrets/kubernetes.io'");
  }

  @Test
  @Order(6)
  void thePodIsAsTheReleaseSays() throws IOException {
    Pod pod = cluster.pods().of(RUN, "inside").get(0).pod();
    assertThat(pod.getMetadata().getNamespace()).isEqualTo("airflow");
    Container base = pod.getSpec().getContainers().get(0);
    String digest =
        Files.readString(cluster.installation().desk().resolve("dist/images/airflow-worker.digest"))
            .strip();
    assertThat(base.getImage())
        .isEqualTo(cluster.site().registry().siteAddress() + "/airflow/airflow-worker@" + digest);
    assertThat(pod.getStatus().getContainerStatuses().get(0).getImageID()).contains(digest);
    assertThat(base.getSecurityContext().getPrivileged()).isNull();
    assertThat(base.getSecurityContext().getRunAsUser()).isEqualTo(50_000);
    assertThat(base.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  @Order(7)
  void noPodIsLeftAndTheLogIsInTheObjectStore() {
    cluster.until(
        "no pod of the run is left",
        TOLD,
        () -> cluster.pods().of(RUN, "").stream().allMatch(each -> each.gone().isPresent()));
    assertThat(cluster.pods().of(RUN, "")).as("eight tasks, one of them twice").hasSize(9);
    assertThat(log("success", 1)).contains("s3://airflow/logs/ends/success", "the last line");
  }

  @Test
  @Order(8)
  void aScheduleStartsThemToo() {
    cluster.until(
        "a scheduled run succeeded",
        LIMIT,
        () ->
            !runs.query(
                    "SELECT 1 FROM dag_run WHERE dag_id = 'every_minute' AND run_type = 'scheduled' AND state = 'success' LIMIT 1")
                .isEmpty());
    airflow.write("PATCH", "/dags/every_minute", Map.of("is_paused", true));
  }
}

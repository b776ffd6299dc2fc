package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
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

/** Promise 3: what teams write to the bucket is what Airflow runs, on every node. */
@Order(21)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DagFilesIT {
  private static final Duration NEW = Duration.ofSeconds(30);

  /** The mount's cache and the pause between two readings of a file, one after the other. */
  private static final Duration CHANGE = Duration.ofSeconds(90);

  private static final String DAG =
      """
      from datetime import datetime

      from airflow import DAG

      dag = DAG("%s", description="%s", start_date=datetime(2022, 1, 1), schedule_interval=None)
      """;

  private Cluster cluster;
  private Airflow airflow;

  @BeforeAll
  void signIn(Cluster cluster) {
    this.cluster = cluster;
    airflow = cluster.as("ada");
  }

  private void put(String name, String description) {
    cluster.store().put("dags/" + name + ".py", DAG.formatted(name, description));
  }

  /** A DAG of the list that people see. */
  private Optional<JsonNode> dag(String name) {
    return entries(airflow.read("/dags?only_active=true&limit=100").path("dags"))
        .filter(each -> each.path("dag_id").asText().equals(name))
        .findFirst();
  }

  private static Stream<JsonNode> entries(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  @Test
  @Order(1)
  void aNewFileIsThereOnAllNodes() {
    long begun = System.nanoTime();
    put("file_kept", "first");
    put("file_removed", "first");
    Duration took = cluster.until("file_kept is listed", NEW, () -> dag("file_kept").isPresent());
    cluster.report().time("DAG file put -> in the list of DAGs", took);
    for (SystemdNode node : cluster.nodes()) {
      cluster.until(
          "the mount of " + node.name() + " has them",
          NEW,
          () -> files(node).containsAll(List.of("file_kept.py", "file_removed.py")));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .as("put -> in the list and on all nodes")
        .isLessThan(Pace.here(NEW));
    cluster.until("file_removed is listed", NEW, () -> dag("file_removed").isPresent());
  }

  @Test
  @Order(2)
  void aChangeARemovalAndABrokenFileAreSeen() {
    long begun = System.nanoTime();
    put("file_kept", "second");
    cluster.store().delete("dags/file_removed.py");
    cluster.store().put("dags/file_broken.py", "from airflow import DAG\nraise ValueError('b')\n");
    cluster.until(
        "the broken file's error is shown",
        CHANGE,
        () -> errors().anyMatch(each -> each.endsWith("/file_broken.py")));
    cluster.report().time("broken DAG file put -> error shown", begun);
    cluster.until("file_removed is gone", CHANGE, () -> dag("file_removed").isEmpty());
    cluster.report().time("DAG file deleted -> gone from the list", begun);
    for (SystemdNode node : cluster.nodes()) {
      cluster.until(
          "the mount of " + node.name() + " has lost it",
          CHANGE,
          () -> !files(node).contains("file_removed.py"));
    }
    cluster.until(
        "file_kept has the other description",
        CHANGE,
        () -> dag("file_kept").orElseThrow().path("description").asText().equals("second"));
    cluster.report().time("DAG file changed -> change seen", begun);
  }

  private static List<String> files(SystemdNode node) {
    return node.run("ls /opt/airflow/dags").lines().toList();
  }

  private Stream<String> errors() {
    return entries(airflow.read("/importErrors").path("import_errors"))
        .map(each -> each.path("filename").asText());
  }

  @Test
  @Order(3)
  void aMendedFileHasNoErrorAnyMore() {
    put("file_broken", "mended");
    cluster.until("the mended DAG is listed", CHANGE, () -> dag("file_broken").isPresent());
    cluster.until(
        "its error is gone",
        CHANGE,
        () -> errors().noneMatch(each -> each.contains("file_broken")));
    for (String name : new String[] {"file_kept", "file_broken"}) {
      cluster.store().delete("dags/" + name + ".py");
    }
  }
}

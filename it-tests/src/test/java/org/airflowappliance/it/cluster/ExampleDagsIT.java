package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise 5: DAGs that were written for any Airflow run here unchanged. */
@Order(12)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
final class ExampleDagsIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final String RUN = "example-1";
  private static final String EXAMPLES =
      "/usr/lib/airflow/lib/python3.9/site-packages/airflow/example_dags/";

  /** Airflow's own examples that need no service from elsewhere: file, DAG. */
  private static final Map<String, String> DAGS =
      Map.ofEntries(
          Map.entry("example_branch_datetime_operator", "example_branch_datetime_operator_2"),
          Map.entry("example_branch_labels", "example_branch_labels"),
          Map.entry("example_branch_operator", "example_branch_operator"),
          Map.entry("example_latest_only", "latest_only"),
          Map.entry("example_latest_only_with_trigger", "latest_only_with_trigger"),
          Map.entry("example_nested_branch_dag", "example_nested_branch_dag"),
          Map.entry("example_short_circuit_operator", "example_short_circuit_operator"),
          Map.entry("example_skip_dag", "example_skip_dag"),
          Map.entry("example_task_group", "example_task_group"),
          Map.entry("tutorial_etl_dag", "tutorial_etl_dag"),
          Map.entry("tutorial_taskflow_api_etl", "tutorial_taskflow_api_etl"));

  /** Those without a schedule of their own. */
  private static final List<String> BY_HAND =
      List.of("tutorial_etl_dag", "tutorial_taskflow_api_etl");

  @Test
  void airflowsOwnExamplesSucceed(Cluster cluster) {
    Runs runs = new Runs(cluster);
    SystemdNode node = cluster.nodes().get(0);
    DAGS.keySet().forEach(file -> cluster.store().put(key(file), source(node, file)));
    runs.ready(DAGS.values().toArray(String[]::new));
    BY_HAND.forEach(dag -> cluster.as("ada").trigger(dag, RUN, Map.of()));
    long begun = System.nanoTime();
    AtomicReference<Map<String, String>> ended = new AtomicReference<>();
    try {
      cluster.until(
          "all examples ended",
          LIMIT,
          () -> ended.updateAndGet(before -> ended(runs)).size() == DAGS.size());
      cluster.report().time(DAGS.size() + " example DAGs of Airflow, all runs", begun);
    } finally {
      DAGS.keySet().forEach(file -> cluster.store().delete(key(file)));
    }
    assertThat(ended.get()).allSatisfy((dag, good) -> assertThat(good).as(dag).isEqualTo("t"));
  }

  /** The DAGs all of whose runs ended, and whether all ended well. */
  private static Map<String, String> ended(Runs runs) {
    return runs.rows(
            "SELECT dag_id, bool_and(state = 'success') FROM dag_run WHERE dag_id IN ('"
                + String.join("', '", DAGS.values())
                + "') GROUP BY 1 HAVING bool_and(state IN ('success', 'failed'))")
        .collect(Collectors.toMap(row -> row[0], row -> row[1]));
  }

  private static String key(String file) {
    return "dags/" + file + ".py";
  }

  private static String source(SystemdNode node, String file) {
    return node.run("cat " + EXAMPLES + file + ".py");
  }
}

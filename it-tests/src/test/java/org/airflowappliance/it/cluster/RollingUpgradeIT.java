package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Promise 7: the next release rolls over Kubernetes and the nodes while runs go on. */
@Order(40)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
final class RollingUpgradeIT {
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final int TASKS = 8;

  @Test
  void noRunIsLost(Cluster cluster) throws IOException {
    Runs runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("steady");
    List<String> begun = new CopyOnWriteArrayList<>();
    long now = System.nanoTime();
    begin(cluster, begun, 30);
    try (Outage pages = new Outage(cluster)) {
      cluster.installation().prepare(2);
      for (SystemdNode node : cluster.nodes()) {
        begin(cluster, begun, 10);
        node.run(LIMIT, "dnf -y upgrade");
        Cluster.working(node);
        cluster.until(
            "the balancer uses " + node.name() + " again",
            LIMIT,
            () -> "UP".equals(cluster.balancer().nodes().get(node.name())));
      }
      cluster.report().time("rolling upgrade of Kubernetes and three nodes", now);
      pages.report(cluster, "rolling upgrade");
      assertThat(pages.longest()).isLessThan(Pace.here(Duration.ofSeconds(10)));
    }
    begin(cluster, begun, 1);
    for (String run : begun) {
      assertThat(runs.ended("steady", run, LIMIT)).as(run).isEqualTo("success");
      runs.onceEach(run, TASKS);
    }
    for (SystemdNode node : cluster.nodes()) {
      assertThat(node.run("rpm -q airflow-cluster-homelab").strip())
          .isEqualTo("airflow-cluster-homelab-1-2.el8.noarch");
      assertThat(node.run("airflow config get-value core parallelism 2>/dev/null").strip())
          .isEqualTo("62");
      assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
    }
    assertThat(release(cluster)).containsExactly("2");
  }

  private static void begin(Cluster cluster, List<String> begun, int seconds) {
    String run = "upgrade-" + begun.size();
    cluster.as("ada").trigger("steady", run, Map.of("seconds", seconds));
    begun.add(run);
  }

  /**
   * The numbers that the main manifests' objects carry; what was switched on besides has its own.
   */
  private static List<String> release(Cluster cluster) {
    return cluster
        .client()
        .network()
        .networkPolicies()
        .inNamespace("airflow")
        .list()
        .getItems()
        .stream()
        .map(NetworkPolicy::getMetadata)
        .filter(each -> !each.getName().contains("pod-operator"))
        .map(each -> each.getLabels().get("appliance.airflow/release"))
        .distinct()
        .toList();
  }
}

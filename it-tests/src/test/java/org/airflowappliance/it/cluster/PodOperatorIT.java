package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise 5, too: a task makes a pod of its own choice once the administrator allowed that. */
@Order(13)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
final class PodOperatorIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final String RUN = "pod-1";

  @Test
  void aTaskRunsAnImageOfTheSitesRegistry(Cluster cluster) throws IOException {
    Runs runs = new Runs(cluster);
    String image = cluster.pushProbe();
    cluster.installation().apply("dist/manifests/pod-operator");
    cluster
        .store()
        .put("dags/pod_operator.py", Runs.text("pod_operator.py").replace("IMAGE", image));
    runs.ready("pod_operator");
    cluster.as("ada").trigger("pod_operator", RUN, Map.of());
    assertThat(runs.ended("pod_operator", RUN, LIMIT)).isEqualTo("success");
    assertThat(cluster.as("ada").log("pod_operator", RUN, "probe", 1)).contains("said by the pod");
    cluster.store().delete("dags/pod_operator.py");
  }
}

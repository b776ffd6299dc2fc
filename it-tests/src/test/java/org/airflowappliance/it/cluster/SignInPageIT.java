package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The README's page about sign-in: its commands, as they stand there. */
@Order(18)
@Tag("cluster")
@ResourceLock("airflow-ci")
@ExtendWith(ClusterExtension.class)
final class SignInPageIT {
  @Test
  void itsCommandsWork(Cluster cluster) throws IOException {
    List<String> said =
        cluster
            .installation()
            .type(
                "## Sign-in",
                Map.of(
                    "MACHINE", "airflow-ci",
                    "ISSUER", cluster.keycloak().issuer(),
                    "AIRFLOW", cluster.balancer().url()));
    assertThat(said.get(0)).contains("nothing to change");
    assertThat(said.get(1)).contains("nothing to change");
    assertThat(said.get(said.size() - 1)).contains("\"dags\"");
  }
}

package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Elsewhere;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise 1: nodes that were installed at the same moment work, and one of them migrated. */
@Order(2)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClusterInstallIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int CURL_NO_CONNECTION = 7;
  private static final String PACKAGES =
      "airflow airflow-webserver airflow-scheduler airflow-dags-s3fs airflow-cluster-homelab";

  private Cluster cluster;
  private List<SystemdNode> nodes;

  @BeforeAll
  void cluster(Cluster cluster) {
    this.cluster = cluster;
    nodes = cluster.nodes();
  }

  @Test
  @Order(1)
  void oneNodeMigratedAndTheOthersSaidForWhomTheyWaited() {
    List<SystemdNode> migrated = nodes.stream().filter(ClusterInstallIT::upgraded).toList();
    assertThat(migrated).hasSize(1);
    String winner = migrated.get(0).name();
    for (SystemdNode node : nodes) {
      if (!node.name().equals(winner)) {
        assertThat(journal(node, "airflow-migrate"))
            .contains("waiting for airflow-migrate@" + winner);
      }
    }
  }

  private static boolean upgraded(SystemdNode node) {
    return journal(node, "airflow-migrate").contains("Running upgrade ");
  }

  private static String journal(SystemdNode node, String unit) {
    return node.run("journalctl --no-pager -o cat -u " + unit);
  }

  @Test
  @Order(2)
  void packagesAndUnitsAreClean() {
    for (SystemdNode node : nodes) {
      // what an administrator may change is marked so in the package, and was not changed here
      assertThat(node.run("rpm -V " + PACKAGES)).isEmpty();
      assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
      Program check = node.attempt(LIMIT, "dnf -q check");
      assertThat(check.code()).as(check.out() + check.err()).isZero();
    }
  }

  @Test
  @Order(3)
  void theFirewallIsOnAndLetsPeopleIn() {
    for (SystemdNode node : nodes) {
      assertThat(node.run("firewall-cmd --state").strip()).isEqualTo("running");
      assertThat(node.run("firewall-cmd --list-services")).contains("airflow-webserver");
    }
    cluster.until("the balancer uses all nodes", LIMIT, () -> cluster.balancer().usesAll());
  }

  @Test
  @Order(4)
  void nodesReachNothingOutsideTheSite() throws IOException, InterruptedException {
    try (Elsewhere elsewhere = new Elsewhere()) {
      assertThat(elsewhere.isReachedByOthers()).isTrue();
      String url = "http://" + elsewhere.host() + ":" + elsewhere.port() + "/";
      for (SystemdNode node : nodes) {
        assertThat(node.run("ip route")).doesNotContain("default");
        assertThat(node.attempt(LIMIT, "curl -sS -m 3 " + url).code())
            .isEqualTo(CURL_NO_CONNECTION);
        assertThat(node.attempt(LIMIT, "getent hosts example.org").code()).isNotZero();
      }
    }
  }
}

package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The last one: what can be said only when all others have ended. */
@Order(99)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
final class EndIT {
  private static final Duration UP = Duration.ofMinutes(4);
  private static final long LIMIT = 16L << 30;
  private static final int MANY = 10;

  /**
   * PostgreSQL, a MinIO for DAGs and logs and one for what is published, Keycloak, registry,
   * balancer, Kubernetes and three nodes.
   */
  private static final int PARTS = 10;

  /** With images that are there: those that are built have been built before. */
  @Test
  void siteAndNodesWereUpInTime(Cluster cluster) {
    assertThat(cluster.report().seconds(Cluster.UP)).isLessThan(Pace.here(UP).toSeconds());
  }

  @Test
  void theContainersPeaksAreWithinTheLimit(Cluster cluster) {
    assertThat(cluster.memory()).as("parts that were looked at").hasSize(PARTS);
    assertThat(cluster.memory().values().stream().mapToLong(Long::longValue).sum())
        .isLessThan(LIMIT);
  }

  /**
   * By Airflow's code somebody who clears tasks locks a run after its tasks and a scheduler before
   * them, and one of both is told to begin again. The report says how often, and the output what
   * the statements were. Without such changes there is none, as {@link LoadIT} sees.
   */
  @Test
  void theReportTellsOfDeadlocks(Cluster cluster) {
    List<String> statements = cluster.database().deadlocks(0);
    cluster.report().fact("statements in deadlocks, not about DAG files", statements.size() + "");
    statements.forEach(System.out::println);
    assertThat(statements).as("statements in deadlocks").hasSizeLessThan(MANY);
  }
}

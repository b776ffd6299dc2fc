package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.regex.Pattern;
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
  /** A line of a deadlock's detail; a DAG's code, which names everything, is another table. */
  private static final Pattern ABOUT_TASKS =
      Pattern.compile(
          "Process \\d+: (UPDATE|INSERT INTO|DELETE FROM|SELECT)"
              + " \"?(task_instance|dag_run|slot_pool|job)\\b");

  private static final Duration UP = Duration.ofMinutes(4);
  private static final long LIMIT = 16L << 30;

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
   * New DAG files that three parsers write at the same moment may meet; Airflow writes them again.
   */
  @Test
  void theDatabaseSawNoDeadlockAboutTasks(Cluster cluster) {
    assertThat(cluster.database().log().lines())
        .filteredOn(line -> ABOUT_TASKS.matcher(line).find())
        .isEmpty();
  }
}

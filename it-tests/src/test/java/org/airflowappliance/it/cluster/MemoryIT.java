package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The last one: the whole cluster, at its busiest, fits into an ordinary machine. */
@Order(99)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
final class MemoryIT {
  private static final long LIMIT = 16L << 30;

  @Test
  void theContainersPeaksAreWithinTheLimit(Cluster cluster) {
    assertThat(cluster.report().memory()).isPositive().isLessThan(LIMIT);
  }
}

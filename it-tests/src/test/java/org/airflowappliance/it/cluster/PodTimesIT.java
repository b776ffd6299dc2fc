package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.PodLives;
import org.airflowappliance.it.site.PodLives.Life;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Promise 4, too: how long a task's pod takes when nothing else is going on, and that it goes. */
@Order(20)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
final class PodTimesIT {
  private static final String RUN = "times-1";
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration GONE = Duration.ofSeconds(6);
  private static final Duration LATE = Duration.ofSeconds(12);

  @Test
  void podsGoWithTheirTasks(Cluster cluster) throws IOException {
    Runs runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("one_by_one");
    cluster.as("ada").trigger("one_by_one", RUN, Map.of("seconds", 1));
    assertThat(runs.ended("one_by_one", RUN, LIMIT)).isEqualTo("success");
    cluster.until(
        "no pod is left",
        LIMIT,
        () -> cluster.pods().of(RUN, "").stream().allMatch(each -> each.gone().isPresent()));
    assertThat(cluster.pods().of(RUN, "")).hasSize(4);
    List<Duration> started = new ArrayList<>();
    List<Duration> left = new ArrayList<>();
    List<Duration> whole = new ArrayList<>();
    for (String[] row : runs.times(RUN)) {
      Life life = cluster.pods().of(RUN, row[0]).get(0);
      started.add(Duration.between(life.created(), Runs.moment(row[1])));
      left.add(life.goneAfter(Runs.moment(row[2])));
      whole.add(PodLives.between(life.created(), life.gone()));
    }
    cluster.report().times("pod created -> task started, one at a time", started);
    cluster.report().times("task ended -> pod gone, one at a time", left);
    cluster.report().times("pod created -> pod gone, one at a time", whole);
    left.sort(null);
    assertThat(left.get(left.size() / 2)).isLessThan(Pace.here(GONE));
    assertThat(left.get(left.size() - 1))
        .as("on a machine that does more")
        .isLessThan(Pace.here(LATE));
  }
}

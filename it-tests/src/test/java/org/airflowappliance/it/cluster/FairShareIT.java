package org.airflowappliance.it.cluster;

import static org.airflowappliance.it.cluster.Tenants.SCI;
import static org.airflowappliance.it.cluster.Tenants.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** A team's thousand tasks are that team's affair: another one's next task begins about as soon. */
@Order(23)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FairShareIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Duration LATER = Duration.ofSeconds(30);
  private static final String FILE = "tenant_flood.py";
  private static final String RUN = "flood";
  private static final int TASKS = 1000;
  private static final int ROUNDS = 3;

  private Cluster cluster;
  private Runs runs;
  private Tenants tenants;

  @BeforeAll
  void bothTeamsHaveTheSame(Cluster cluster) throws IOException {
    this.cluster = cluster;
    runs = new Runs(cluster);
    tenants = new Tenants(cluster, "share");
    for (String tenant : List.of(SCI, TWO)) {
      tenants.put(tenant, FILE, Map.of("TASKS", Integer.toString(TASKS)));
    }
    runs.ready(SCI + "__flood", TWO + "__next");
  }

  @AfterAll
  void remove() {
    List.of(SCI, TWO).forEach(tenant -> cluster.store().delete(Tenants.key(tenant, FILE)));
  }

  @Test
  void aFloodOfOneTeamDelaysAnothersNextTaskALittle() {
    List<Duration> quiet = next("quiet");
    tenants.member(SCI).trigger(SCI + "__flood", RUN, Map.of());
    cluster.until(
        "its pool is full and a thousand tasks are there",
        LIMIT,
        () -> flood("state IN ('queued', 'running')") > 2 && flood("true") == TASKS);
    List<Duration> flooded = next("flooded");
    assertThat(flood("state IS NULL OR state = 'scheduled'"))
        .as("tasks of the flood that still wait")
        .isGreaterThan(TASKS / 2);
    assertThat(flood("state = 'failed'")).isZero();
    runs.end(SCI + "__flood", RUN);
    cluster.report().times("a team's next task begins", quiet);
    cluster.report().times("the same while another team has a thousand tasks", flooded);
    assertThat(flooded.get(ROUNDS - 1)).isLessThan(quiet.get(ROUNDS - 1).plus(LATER));
    // Tasks that end after their run was ended would have revived it.
    cluster.until(
        "the flood's pods are gone",
        LIMIT,
        () ->
            flood("state IN ('queued', 'running')") == 0
                && cluster.pods().of(RUN, "").stream().allMatch(each -> each.gone().isPresent()));
    assertThat(runs.ended(SCI + "__flood", RUN, LIMIT)).isEqualTo("failed");
  }

  /** Times from a run's request to its task's start, from the shortest to the longest. */
  private List<Duration> next(String name) {
    List<Duration> times = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      String run = name + "-" + round;
      tenants.member(TWO).trigger(TWO + "__next", run, Map.of());
      assertThat(runs.ended(TWO + "__next", run, LIMIT)).isEqualTo("success");
      String took =
          runs.query(
              """
              SELECT extract(epoch FROM t.start_date - r.queued_at) FROM task_instance t
              JOIN dag_run r USING (dag_id, run_id) WHERE run_id = '%s'"""
                  .formatted(run));
      times.add(Duration.ofMillis(Math.round(Double.parseDouble(took) * 1000)));
    }
    times.sort(null);
    return times;
  }

  private int flood(String condition) {
    return Integer.parseInt(
        runs.query(
            "SELECT count(*) FROM task_instance WHERE run_id = '%s' AND (%s)"
                .formatted(RUN, condition)));
  }
}

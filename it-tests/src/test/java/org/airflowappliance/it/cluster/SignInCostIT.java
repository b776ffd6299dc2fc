package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.SignInSteps;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** What sign-in costs, measured while nothing else is asked for. */
@Order(34)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SignInCostIT {
  private static final int ROUND_TRIPS = 10;
  private static final int REQUESTS = 31;
  private static final String USER = "carl";

  private Cluster cluster;
  private String base;
  private String password;

  @BeforeAll
  void person(Cluster cluster) {
    this.cluster = cluster;
    base = cluster.balancer().url();
    password = cluster.people().password();
    cluster.people().add(USER, "airflow_viewer");
  }

  @Test
  void whoIsWhoTheyAreIsSignedInAndHowLongThatTakes() {
    long begun = System.nanoTime();
    for (int each = 0; each < ROUND_TRIPS; each++) {
      SignInSteps browser = cluster.steps();
      assertThat(browser.signIn(USER, password).statusCode()).isEqualTo(302);
      assertThat(browser.isSignedIn()).isTrue();
    }
    cluster
        .report()
        .time(
            "sign-in, from the first request to the start page",
            Duration.ofNanos((System.nanoTime() - begun) / ROUND_TRIPS));
  }

  @Test
  void whatASessionCostsARequest() {
    SignInSteps signedIn = cluster.steps();
    signedIn.signIn(USER, password);
    Duration with = median(signedIn);
    Duration without = median(cluster.steps());
    cluster.report().time("a request without a session, median", without);
    cluster.report().time("a request with a session, median", with);
    assertThat(with.minus(without)).isLessThan(Pace.here(Duration.ofMillis(100)));
  }

  /** Of requests that need nothing else. */
  private Duration median(SignInSteps browser) {
    return Duration.ofNanos(
        LongStream.range(0, REQUESTS)
            .map(
                each -> {
                  long begun = System.nanoTime();
                  assertThat(browser.get(base + "/api/v1/version").statusCode()).isEqualTo(200);
                  return System.nanoTime() - begun;
                })
            .sorted()
            .skip(REQUESTS / 2)
            .findFirst()
            .orElseThrow());
  }
}

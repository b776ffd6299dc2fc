package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.People;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A session has a limit, which people do not notice. */
@Order(3) // the longest wait of all, so it begins early
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
final class SessionLimitIT {
  private static final Duration RENEWED = Duration.ofSeconds(60);

  /** The session reaches its limit while its page is open; what is opened next is simply shown. */
  @Test
  void theLimitIsNotNoticed(Cluster cluster) throws IOException {
    People people = cluster.people();
    people.add("lars", "airflow_admin");
    try (Browser browser = new Browser(cluster, "lars")) {
      browser.signIn();
      assertThat(browser.menus()).isEqualTo("DAGs Security Browse Admin Docs");
      String before = browser.cookie("session");
      people.roles("lars", "airflow_viewer");
      Duration limit = cluster.site().sessionLimit();
      pause(limit);
      cluster.until(
          "the session is signed in anew after its limit of " + limit,
          RENEWED,
          () -> {
            browser.open("/home");
            return !browser.cookie("session").equals(before);
          });
      browser.seen("after-the-limit");
      assertThat(browser.menus()).as("roles as they are now").isEqualTo("DAGs Browse Docs");
    }
  }

  /** The page stays open, and Chromium leaves the processors to others. */
  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}

package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.People;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** How sessions end and roles change, as people see it in Chromium. */
@Order(16)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SessionsIT {
  private static final int SESSIONS = 4;
  private static final Duration ENDED = Duration.ofSeconds(20);
  private static final String VIEWER = "DAGs Browse Docs";
  private static final String ADMIN = "DAGs Security Browse Admin Docs";

  private Cluster cluster;
  private People people;

  @BeforeAll
  void people(Cluster cluster) {
    this.cluster = cluster;
    people = cluster.people();
  }

  @Test
  @ResourceLock(Browser.LOCK)
  void rolesFollowTheTokenUpAndDown() throws IOException {
    people.add("rolf", "airflow_viewer");
    try (Browser browser = new Browser(cluster, "rolf")) {
      browser.signIn();
      assertThat(browser.menus()).isEqualTo(VIEWER);
      people.roles("rolf", "airflow_admin");
      again(browser);
      browser.seen("is-admin-now");
      assertThat(browser.menus()).isEqualTo(ADMIN);
      people.roles("rolf", "airflow_viewer");
      again(browser);
      browser.seen("is-viewer-again");
      assertThat(browser.menus()).isEqualTo(VIEWER);
      people.roles("rolf");
      again(browser);
      browser.untilText("You have no role here");
      browser.seen("has-no-role-now");
    } finally {
      people.roles("rolf");
    }
  }

  private static void again(Browser browser) {
    browser.open("/logout/");
    browser.signIn();
  }

  /** Keycloak calls once, whatever the number of sessions, and reaches one webserver. */
  @Test
  @ResourceLock(Browser.LOCK)
  void whoIsSignedOutByAnAdministratorIsOutEverywhere() throws IOException {
    people.add("sofia", "airflow_user");
    List<Browser> browsers = new ArrayList<>();
    try {
      for (int each = 0; each < SESSIONS; each++) {
        browsers.add(new Browser(cluster, "sofia"));
        browsers.get(each).signIn();
        assertThat(browsers.get(each).menus()).isEqualTo(VIEWER);
      }
      assertThat(people.sessions("sofia")).isEqualTo(SESSIONS);
      long now = System.nanoTime();
      people.signOut("sofia");
      assertThat(people.sessions("sofia")).isZero();
      for (Browser browser : browsers) {
        browser.open("/home");
        browser.untilText("Your session has ended");
      }
      cluster.report().time("a person with four sessions is signed out everywhere", now);
      browsers.get(0).seen("session-ended");
      browsers.get(0).click("main a");
      browsers.get(0).until("the form asks for the password", "#password");
    } finally {
      browsers.forEach(Browser::close);
    }
  }

  @Test
  void expiredSessionsAreRemovedByATimer() {
    cluster
        .database()
        .query(
            "INSERT INTO session (session_id, data, expiry)"
                + " VALUES ('stale', '', now() AT TIME ZONE 'UTC' - interval '1 day') RETURNING 1");
    cluster
        .nodes()
        .forEach(
            node ->
                assertThat(node.run("systemctl is-active airflow-sessions.timer"))
                    .startsWith("active"));
    String said =
        cluster
            .nodes()
            .get(0)
            .run(
                "systemctl start airflow-sessions.service"
                    + " && journalctl -u airflow-sessions.service -o cat -n 5");
    assertThat(said).containsPattern("removed [1-9][0-9]* expired session rows");
    assertThat(cluster.database().query("SELECT count(*) FROM session WHERE session_id = 'stale'"))
        .isEqualTo("0");
  }

  /** The session reaches its limit while its page is open; what is opened next is simply shown. */
  @Test
  void theLimitIsNotNoticed() throws IOException {
    people.add("lars", "airflow_admin");
    try (Browser browser = new Browser(cluster, "lars")) {
      browser.signIn();
      assertThat(browser.menus()).isEqualTo(ADMIN);
      String before = browser.cookie("session");
      people.roles("lars", "airflow_viewer");
      Duration limit = cluster.site().sessionLimit();
      pause(limit);
      cluster.until(
          "the session is signed in anew after its limit of " + limit,
          ENDED.multipliedBy(3),
          () -> {
            browser.open("/home");
            return !browser.cookie("session").equals(before);
          });
      browser.seen("after-the-limit");
      assertThat(browser.menus()).as("roles as they are now").isEqualTo(VIEWER);
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

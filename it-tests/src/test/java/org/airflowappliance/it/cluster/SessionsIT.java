package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.People;
import org.airflowappliance.it.site.SignInSteps;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** How sessions end and roles change, as people see it in Chromium. */
@Order(5)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SessionsIT {
  private static final int SESSIONS = 4;
  private static final Duration ENDED = Duration.ofSeconds(20);

  /** What nobody but its own page reads here. */
  private static final String SLOW = "sla_miss";

  private static final String WAITING =
      "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '%s'::regclass";
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
    aSecondLater();
    browser.signIn();
  }

  /** Who signs in within the second of a sign-out is taken for one who was signed in before it. */
  private static void aSecondLater() {
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
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
  void aRequestBesideALogoutDoesNotBringTheSessionBack() throws SQLException {
    people.add("rita", "airflow_admin");
    endsBesideRequests(cookie("rita"), cookie -> people.signOut("rita"));
    aSecondLater();
    endsBesideRequests(
        cookie("rita"), cookie -> browser(cluster.nodes().get(0), cookie).get(base() + "/logout/"));
  }

  private String cookie(String name) {
    SignInSteps browser = cluster.steps();
    browser.signIn(name, people.password());
    assertThat(browser.isSignedIn()).isTrue();
    return browser.cookie("session");
  }

  /** A request of this session at each webserver has begun before the end, and is done after it. */
  private void endsBesideRequests(String cookie, Consumer<String> end) throws SQLException {
    List<CompletableFuture<HttpResponse<String>>> pages;
    Connection held = cluster.database().hold(SLOW);
    try {
      pages =
          cluster.nodes().stream()
              .map(node -> browser(node, cookie))
              .map(each -> CompletableFuture.supplyAsync(() -> slowPage(each), inAThread()))
              .toList();
      cluster.until(
          "each webserver has a request under way",
          ENDED,
          () -> count(WAITING.formatted(SLOW)) == cluster.nodes().size());
      end.accept(cookie);
      assertThat(rows(cookie)).as("rows of the session after its end").isZero();
      assertThat(pages).noneMatch(CompletableFuture::isDone);
    } finally {
      held.close();
    }
    pages.forEach(each -> assertThat(each.join().statusCode()).isEqualTo(200));
    // else nothing would be left to refuse
    assertThat(rows(cookie)).as("rows that these requests wrote").isEqualTo(1);
    HttpResponse<String> home = browser(cluster.nodes().get(1), cookie).get(base() + "/home");
    assertThat(home.statusCode()).isEqualTo(401);
    assertThat(home.body()).contains("Your session has ended");
    assertThat(cluster.reason(home.body())).isEqualTo("session is over: ENDED");
    assertThat(cluster.nodes()).noneMatch(node -> browser(node, cookie).isSignedIn());
  }

  private static Executor inAThread() {
    return work -> new Thread(work, "slow page").start();
  }

  private HttpResponse<String> slowPage(SignInSteps browser) {
    return browser.get(base() + "/slamiss/list/");
  }

  private SignInSteps browser(SystemdNode node, String cookie) {
    SignInSteps browser = cluster.steps().at(cluster.webserver(node));
    browser.cookie("session", cookie);
    return browser;
  }

  private String base() {
    return cluster.balancer().url();
  }

  private int rows(String cookie) {
    String id = cookie.replaceFirst("\\.[^.]*$", "");
    return count("SELECT count(*) FROM session WHERE session_id = '" + id + "'");
  }

  private int count(String sql) {
    return Integer.parseInt(cluster.database().query(sql));
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
}

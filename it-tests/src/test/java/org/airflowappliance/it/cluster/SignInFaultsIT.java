package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.locks.LockSupport;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.People;
import org.airflowappliance.it.site.SignInSteps;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Sign-in goes on, or says what is wrong, when its parts die or change. */
@Order(35)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SignInFaultsIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration NOTICED = Duration.ofSeconds(11);
  private static final String USER = "petra";

  private Cluster cluster;
  private People people;
  private String base;

  @BeforeAll
  void person(Cluster cluster) {
    this.cluster = cluster;
    base = cluster.balancer().url();
    people = cluster.people();
    people.add(USER, "airflow_viewer");
  }

  private boolean signsIn() {
    SignInSteps browser = cluster.steps();
    HttpResponse<String> last = browser.signIn(USER, people.password());
    return last.statusCode() == 302 && browser.isSignedIn();
  }

  @Test
  @Order(1)
  void aWebserverThatDiesInTheMiddleIsNotMissed() {
    SystemdNode dying = cluster.nodes().get(0);
    SignInSteps browser = cluster.steps();
    browser.at(cluster.webserver(dying));
    String authorize = browser.begin("?moved=1");
    String answer = browser.enter(authorize, USER, people.password());
    dying.run("systemctl kill -s KILL airflow-webserver");
    browser.at(base);
    cluster.until(
        "another webserver takes the answer",
        LIMIT,
        () -> browser.get(answer).statusCode() == 302 && browser.isSignedIn());
    Cluster.working(dying);
  }

  @Test
  @Order(2)
  void keysThatAreRotatedAreFound() {
    assertThat(signsIn()).isTrue();
    people.rotateKeys();
    long now = System.nanoTime();
    for (int each = 0; each < 12; each++) {
      assertThat(signsIn()).as("sign-in %d with the new key", each).isTrue();
    }
    cluster.report().time("signing keys rotated -> twelve sign-ins", now);
  }

  @Test
  @Order(3)
  void aProviderThatIsAwayIsSaidAndWhoIsSignedInGoesOn() throws IOException {
    try (Browser signedIn = new Browser(cluster, USER);
        Browser other = new Browser(cluster, USER)) {
      signedIn.signIn();
      cluster.keycloak().pause();
      try {
        // a webserver believes for ten seconds that it is there
        LockSupport.parkNanos(NOTICED.toNanos());
        signedIn.open("/home");
        assertThat(signedIn.menus()).isEqualTo("DAGs Browse Docs");
        signedIn.seen("provider-away-signed-in");
        cluster.until(
            "the page that says that the provider is away",
            LIMIT,
            () -> {
              other.open("/home");
              return other.text().contains("The sign-in service does not answer");
            });
        assertThat(other.text()).contains("Reference");
        other.seen("provider-away");
      } finally {
        cluster.keycloak().unpause();
      }
      other.until("the page goes on by itself when the provider is back", "#username");
      cluster.until("sign-in after the provider is back", LIMIT, this::signsInOrNot);
    }
  }

  @Test
  @Order(4)
  void aRestartOfTheProviderIsNotNoticedBySignedInPeople() throws IOException {
    SignInSteps before = cluster.steps();
    before.signIn(USER, people.password());
    long now = System.nanoTime();
    cluster.keycloak().restart();
    assertThat(before.isSignedIn()).isTrue();
    cluster.until("sign-in after the restart", LIMIT, this::signsInOrNot);
    cluster.report().time("Keycloak restarted -> sign-in", now);
    assertThat(before.isSignedIn()).isTrue();
  }

  /** While the provider starts, its pages are none, which is no failure of the test's. */
  private boolean signsInOrNot() {
    try {
      return signsIn();
    } catch (AssertionError | RuntimeException notYet) {
      return false;
    }
  }

  /** By how many seconds a webserver's clock is ahead of this machine's, as it says itself. */
  private long ahead(SystemdNode node) {
    String date =
        cluster
            .steps()
            .at(cluster.webserver(node))
            .get(base + "/health")
            .headers()
            .firstValue("Date")
            .orElseThrow();
    return Duration.between(
            Instant.now(), Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
        .toSeconds();
  }

  @Test
  @Order(5)
  void clocksMayBeAMinuteApart() {
    SystemdNode ahead = cluster.nodes().get(1);
    SystemdNode behind = cluster.nodes().get(2);
    ahead.clock("airflow-webserver", Duration.ofMinutes(1));
    behind.clock("airflow-webserver", Duration.ofMinutes(-1));
    try {
      Cluster.working(ahead);
      Cluster.working(behind);
      assertThat(ahead(ahead)).isCloseTo(60, within(10L));
      assertThat(ahead(behind)).isCloseTo(-60, within(10L));
      for (SystemdNode node : cluster.nodes()) {
        SignInSteps browser = cluster.steps();
        browser.at(cluster.webserver(node));
        String answer = browser.enter(browser.begin("?moved=1"), USER, people.password());
        assertThat(browser.get(answer).statusCode()).as(node.name()).isEqualTo(302);
        for (SystemdNode other : cluster.nodes()) {
          browser.at(cluster.webserver(other));
          assertThat(browser.isSignedIn()).as(node.name() + " " + other.name()).isTrue();
        }
      }
    } finally {
      ahead.clock("airflow-webserver", Duration.ZERO);
      behind.clock("airflow-webserver", Duration.ZERO);
      Cluster.working(ahead);
      Cluster.working(behind);
    }
  }
}

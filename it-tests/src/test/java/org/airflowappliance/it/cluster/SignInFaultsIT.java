package org.airflowappliance.it.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  private static final int FORGERS = 6;
  private static final int FORGED = 10;
  private static final Duration INTERVAL = Duration.ofSeconds(30);

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

  private boolean signsIn(SignInSteps browser) {
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
    assertThat(signsIn(cluster.steps())).isTrue();
    people.rotateKeys();
    long now = System.nanoTime();
    for (int each = 0; each < 12; each++) {
      assertThat(signsIn(cluster.steps())).as("sign-in %d with the new key", each).isTrue();
    }
    cluster.report().time("signing keys rotated -> twelve sign-ins", now);
  }

  @Test
  @Order(3)
  void aProviderThatIsAwayIsSaidAndWhoIsSignedInGoesOn() throws IOException {
    try (Browser signedIn = new Browser(cluster, USER);
        Browser other = new Browser(cluster, USER)) {
      signedIn.signIn();
      SignInSteps between = cluster.steps();
      String answer = between.enter(between.begin(""), USER, people.password());
      cluster.keycloak().pause();
      try {
        comesBackInVain(between, answer);
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
      signsInAfterAll(between, answer);
    }
  }

  /** The browser has its code, and Airflow cannot ask the provider what it is worth. */
  private void comesBackInVain(SignInSteps browser, String answer) {
    HttpResponse<String> page = browser.get(answer);
    assertThat(page.statusCode()).as(page.body()).isEqualTo(503);
    assertThat(page.body())
        .contains("<title>The sign-in service does not answer", "Reference: <code>")
        .doesNotContain("Traceback", ".py", "openid-connect");
    assertThat(page.headers().firstValue("Refresh").orElse("")).endsWith(base + "/login/");
    assertThat(cluster.reason(page.body()))
        .startsWith(cluster.keycloak().issuer() + "/protocol/openid-connect/token: ")
        .doesNotContain("Traceback");
    assertThat(browser.isSignedIn()).isFalse();
  }

  /** Not with the answer of before, but by the link of the page. */
  private void signsInAfterAll(SignInSteps browser, String before) {
    assertThat(browser.get(before).statusCode()).isEqualTo(401);
    cluster.until(
        "the browser that came back in vain signs in", LIMIT, () -> signsInOrNot(browser));
  }

  @Test
  @Order(4)
  void aRestartOfTheProviderIsNotNoticedBySignedInPeople() throws IOException {
    SignInSteps before = cluster.steps();
    before.signIn(USER, people.password());
    SignInSteps between = cluster.steps();
    String answer = between.enter(between.begin(""), USER, people.password());
    long now;
    cluster.keycloak().stop();
    try {
      comesBackInVain(between, answer);
      assertThat(before.isSignedIn()).isTrue();
    } finally {
      now = System.nanoTime();
      cluster.keycloak().start();
    }
    assertThat(before.isSignedIn()).isTrue();
    cluster.until("sign-in after the restart", LIMIT, this::signsInOrNot);
    cluster.report().time("Keycloak started -> sign-in", now);
    assertThat(before.isSignedIn()).isTrue();
    signsInAfterAll(between, answer);
  }

  /** While the provider starts, its pages are none, which is no failure of the test's. */
  private boolean signsInOrNot() {
    return signsInOrNot(cluster.steps());
  }

  private boolean signsInOrNot(SignInSteps browser) {
    try {
      return signsIn(browser);
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
    try {
      clocks(ahead, behind, Duration.ofMinutes(1));
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
      clocks(ahead, behind, Duration.ZERO);
    }
  }

  private static void clocks(SystemdNode ahead, SystemdNode behind, Duration apart) {
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () -> behind.clock("airflow-webserver", apart.negated()), inAThread());
    ahead.clock("airflow-webserver", apart);
    other.join();
    Cluster.working(ahead);
    Cluster.working(behind);
  }

  /** Whoever it is that forges, and however much: the node's processes know of each other. */
  @Test
  @Order(6)
  void forgedKeyIdsCostANodeOneRequest() {
    SystemdNode node = cluster.nodes().get(0);
    // it has the keys then, which anybody's first token makes it ask for
    SignInSteps browser = cluster.steps().at(cluster.webserver(node));
    String answer = browser.enter(browser.begin("?moved=1"), USER, people.password());
    assertThat(browser.get(answer).statusCode()).isEqualTo(302);
    Set<String> before = connections(node);
    long begun = System.nanoTime();
    CompletableFuture<?>[] forgers =
        IntStream.range(0, FORGERS)
            .mapToObj(forger -> CompletableFuture.runAsync(() -> forge(node, forger), inAThread()))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(forgers).join();
    Set<String> made = connections(node);
    made.removeAll(before);
    int more = (int) Duration.ofNanos(System.nanoTime() - begun).dividedBy(INTERVAL);
    assertThat(made).as("connections to the provider").hasSizeBetween(1, 1 + more);
  }

  private static Executor inAThread() {
    return work -> new Thread(work, "forger").start();
  }

  private void forge(SystemdNode node, int forger) {
    SignInSteps client = cluster.steps().at(cluster.webserver(node));
    for (int each = 0; each < FORGED; each++) {
      String id = "forged-" + forger + "-" + each;
      String head = "{\"alg\": \"RS256\", \"kid\": \"" + id + "\"}";
      String token =
          Base64.getUrlEncoder().withoutPadding().encodeToString(head.getBytes(UTF_8))
              + ".e30.AAAA";
      HttpResponse<String> said =
          client.post(base + "/oidc/backchannel-logout", Map.of("logout_token", token));
      assertThat(said.statusCode()).as(said.body()).isEqualTo(400);
      if (forger + each == 0) {
        assertThat(cluster.reason(said.body())).isEqualTo("unknown key id '" + id + "'");
      }
    }
  }

  /**
   * A node's connections to the provider by their own port, also those that ended in this minute.
   */
  private Set<String> connections(SystemdNode node) {
    String provider = URI.create(cluster.keycloak().issuer()).getHost();
    String ports = "ss -Htan dst " + provider + " | awk '{ sub(/.*:/, \"\", $4); print $4 }'";
    return node.run(ports).lines().collect(Collectors.toCollection(HashSet::new));
  }
}

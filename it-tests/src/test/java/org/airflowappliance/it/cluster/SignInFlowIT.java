package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.People;
import org.airflowappliance.it.site.SignInSteps;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is wrong with a sign-in is refused: by the real identity provider and the real webservers,
 * through the load balancer.
 */
@Order(15)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SignInFlowIT {
  private static final int SILENT = 9;
  private static final String USER = "freya";

  private Cluster cluster;
  private String base;
  private String password;
  private People people;

  @BeforeAll
  void person(Cluster cluster) {
    this.cluster = cluster;
    base = cluster.balancer().url();
    people = cluster.people();
    password = people.password();
    people.add(USER, "airflow_viewer");
  }

  private SignInSteps browser() {
    return cluster.steps();
  }

  /** The address with the code, to which the identity provider sends this browser. */
  private String answer(SignInSteps browser) {
    return browser.enter(browser.begin(""), USER, password);
  }

  private static void refused(SignInSteps browser, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(answer.body()).contains("Sign-in was not possible", "Reference: <code>");
    assertThat(answer.body()).doesNotContain("Traceback", ".py");
    assertThat(browser.isSignedIn()).isFalse();
  }

  /** A parameter of a query, replaced by another value or taken away. */
  private static String with(String url, String name, String value) {
    String pattern = "([?&])" + name + "=[^&]*";
    assertThat(url).containsPattern(pattern);
    return value == null
        ? url.replaceFirst(pattern, "$1").replace("&&", "&").replace("?&", "?")
        : url.replaceFirst(pattern, "$1" + name + "=" + SignInSteps.word(value));
  }

  /** Browsers open connections ahead of need; a node has three processes. */
  @Test
  void silentConnectionsHoldNoWebserver() throws IOException {
    SystemdNode node = cluster.nodes().get(2);
    List<Socket> silent = new ArrayList<>();
    try {
      for (int each = 0; each < SILENT; each++) {
        silent.add(new Socket(node.address(), 8080));
      }
      long begun = System.nanoTime();
      assertThat(browser().at(webserver(2)).get(base + "/api/v1/version").statusCode())
          .isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isLessThan(Pace.here(Duration.ofSeconds(10)));
    } finally {
      for (Socket each : silent) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/home", "/health", "/api/v1/version", "/login/", "/nothing"})
  void everyAnswerIsProtected(String path) {
    HttpHeaders headers = browser().get(base + path).headers();
    assertThat(headers.firstValue("Strict-Transport-Security")).contains("max-age=31536000");
    assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
    assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(headers.firstValue("Referrer-Policy")).contains("same-origin");
    assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
        .contains("frame-ancestors 'none'");
  }

  @Test
  void eachStepMayBeAnsweredByAnotherWebserver() {
    IntStream.range(0, 3)
        .forEach(
            first -> {
              SignInSteps browser = browser();
              browser.at(webserver(first));
              String authorize = browser.begin("?moved=1");
              String answer = browser.enter(authorize, USER, password);
              browser.at(webserver((first + 1) % 3));
              assertThat(browser.get(answer).statusCode()).isEqualTo(302);
              browser.at(webserver((first + 2) % 3));
              assertThat(browser.isSignedIn()).isTrue();
            });
  }

  private String webserver(int node) {
    return cluster.webserver(cluster.nodes().get(node));
  }

  @Test
  void anAnswerWorksOnce() {
    SignInSteps browser = browser();
    String answer = answer(browser);
    assertThat(browser.get(answer).statusCode()).isEqualTo(302);
    assertThat(browser.get(answer).statusCode()).isEqualTo(401);
  }

  @Test
  void aUsedCodeIsRefusedInAnotherSignIn() {
    SignInSteps browser = browser();
    String used = answer(browser);
    browser.get(used);
    SignInSteps other = browser();
    String fresh = answer(other);
    String code = used.replaceFirst(".*[?&]code=([^&]*).*", "$1");
    refused(other, other.get(with(fresh, "code", code)));
  }

  @Test
  void anAnswerOfAnotherBrowserIsRefused() {
    SignInSteps victim = browser();
    victim.begin("");
    refused(victim, victim.get(answer(browser())));
  }

  @Test
  void aCodeOfAnotherBrowserIsRefusedWithTheOwnState() {
    SignInSteps victim = browser();
    String own = answer(victim);
    String code = answer(browser()).replaceFirst(".*[?&]code=([^&]*).*", "$1");
    refused(victim, victim.get(with(own, "code", code)));
  }

  @Test
  void anAnswerWithoutCookieIsRefused() {
    SignInSteps browser = browser();
    String answer = answer(browser);
    browser.forgetAirflow();
    refused(browser, browser.get(answer));
  }

  @Test
  void aCookieWithoutItsSignatureIsRefused() {
    SignInSteps browser = browser();
    String answer = answer(browser);
    String id = browser.cookie("session").replaceFirst("\\.[^.]*$", "");
    browser.cookie("session", id + ".AAAAAAAAAAAAAAAAAAAAAAAAAAA");
    refused(browser, browser.get(answer));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "NONE",
      value = {
        "state, NONE",
        "state, x",
        "code, NONE",
        "code, x",
        "iss, https://sso.example/realms/site",
        "iss, ''"
      })
  void aChangedAnswerIsRefused(String parameter, String value) {
    SignInSteps browser = browser();
    refused(browser, browser.get(with(answer(browser), parameter, value)));
  }

  @Test
  void theReasonStandsInAJournalUnderTheReferenceOfThePage() {
    SignInSteps browser = browser();
    String page = browser.get(with(answer(browser), "state", "x")).body();
    String reference = page.replaceFirst("(?s).*Reference: <code>([^<]*)<.*", "$1");
    assertThat(cluster.nodes())
        .anySatisfy(
            node ->
                assertThat(
                        node.attempt(
                                Duration.ofSeconds(20),
                                "journalctl -u airflow-webserver -g " + reference)
                            .out())
                    .contains("state: is none that this browser was given"));
  }

  @Test
  void aRepeatedParameterIsRefused() {
    SignInSteps browser = browser();
    refused(browser, browser.get(answer(browser) + "&code=x"));
  }

  @Test
  void whatTheProviderRefusesIsSaid() {
    SignInSteps browser = browser();
    String state = browser.begin("").replaceFirst(".*[?&]state=([^&]*).*", "$1");
    refused(
        browser,
        browser.get(base + "/oauth-authorized/keycloak?error=access_denied&state=" + state));
  }

  @Test
  void aSilentSignInWithoutSessionIsRefused() {
    SignInSteps browser = browser();
    String answer = SignInSteps.location(browser.get(browser.begin("") + "&prompt=none"));
    assertThat(answer).contains("error=login_required");
    refused(browser, browser.get(answer));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "NONE",
      value = {"code_challenge, NONE", "code_challenge_method, plain", "response_type, token"})
  void theProviderWantsACodeWithPkce(String parameter, String value) {
    SignInSteps browser = browser();
    HttpResponse<String> said = browser.get(with(browser.begin(""), parameter, value));
    String answer = SignInSteps.location(said).replace('#', '?');
    assertThat(answer).startsWith(base).contains("error=");
    refused(browser, browser.get(answer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "https://evil.example/oauth-authorized/keycloak",
        "BASE/oauth-authorized/keycloak/../../x",
        "BASE/oauth-authorized/keycloak?x=1",
        "BASE/home"
      })
  void theProviderSendsCodesToNobodyElse(String address) {
    SignInSteps browser = browser();
    String redirect = address.replace("BASE", base);
    HttpResponse<String> said = browser.get(with(browser.begin(""), "redirect_uri", redirect));
    assertThat(said.statusCode()).isEqualTo(400);
    assertThat(said.headers().firstValue("Location")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)"
      })
  void nobodyIsSentElsewhereAfterwards(String next) {
    SignInSteps browser = browser();
    String authorize = browser.begin("?next=" + SignInSteps.word(next));
    HttpResponse<String> last = browser.get(browser.enter(authorize, USER, password));
    assertThat(SignInSteps.location(last)).isEqualTo(base + "/home");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/home", "/login/?next=/home", "/logout/"})
  void aHostOfTheClientsChoiceIsNotInTheAnswer(String path) {
    String location =
        cluster
            .nodes()
            .get(0)
            .run(
                "curl -sk -o /dev/null -H 'Host: evil.example' -H 'X-Forwarded-Host: evil.example'"
                    + " -w '%{redirect_url}' '"
                    + webserver(0)
                    + path
                    + "'");
    assertThat(location).matches(at -> at.startsWith(base) || browser().isIssuers(at));
    assertThat(location).doesNotContain("evil");
  }

  @Test
  void whoIsDisabledMeanwhileIsRefused() {
    SignInSteps browser = browser();
    people.add("frida", "airflow_viewer");
    String answer = browser.enter(browser.begin(""), "frida", password);
    people.enabled("frida", false);
    refused(browser, browser.get(answer));
  }

  @Test
  void aRoleThatIsTakenMeanwhileIsNotGiven() {
    SignInSteps browser = browser();
    people.add("fred", "airflow_admin");
    String answer = browser.enter(browser.begin(""), "fred", password);
    people.roles("fred");
    assertThat(browser.get(answer).statusCode()).isEqualTo(302);
    HttpResponse<String> page = browser.get(base + "/home");
    assertThat(page.statusCode()).isEqualTo(403);
    assertThat(page.body()).contains("You have no role here", "Reference: <code>");
  }

  @Test
  void whoWasSignedOutMeanwhileIsRefused() {
    SignInSteps browser = browser();
    people.add("fergus", "airflow_viewer");
    String answer = browser.enter(browser.begin(""), "fergus", password);
    people.signOut("fergus");
    refused(browser, browser.get(answer));
  }

  @ParameterizedTest
  @ValueSource(ints = {9_000, 70_000})
  void anOversizedAnswerOrCookieIsRefused(int size) {
    SignInSteps browser = browser();
    String answer = answer(browser);
    assertThat(status(browser, with(answer, "code", "x".repeat(size)))).isBetween(400, 499);
    browser.cookie("session", "x".repeat(size));
    assertThat(status(browser, base + "/home")).isIn(302, 400, 431);
    browser.forgetAirflow();
    assertThat(browser.isSignedIn()).isFalse();
  }

  /** A webserver that has read enough answers and hangs up, and the answer may be lost in that. */
  private static int status(SignInSteps browser, String url) {
    try {
      return browser.get(url).statusCode();
    } catch (UncheckedIOException hungUp) {
      return 400;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "e30.e30.e30"})
  void aForgedSignOutEndsNothing(String token) {
    SignInSteps browser = browser();
    browser.signIn(USER, password);
    HttpResponse<String> answer =
        browser().post(base + "/oidc/backchannel-logout", Map.of("logout_token", token));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(browser.isSignedIn()).isTrue();
  }

  @Test
  void theCookieOfASignedOutBrowserIsWorthNothing() {
    SignInSteps browser = browser();
    browser.signIn(USER, password);
    SignInSteps thief = browser();
    thief.cookie("session", browser.cookie("session"));
    assertThat(thief.isSignedIn()).isTrue();
    browser.get(base + "/logout/");
    assertThat(thief.isSignedIn()).isFalse();
  }

  @Test
  void theIdOfASessionChangesAtSignIn() {
    SignInSteps browser = browser();
    String answer = answer(browser);
    String before = browser.cookie("session");
    browser.get(answer);
    assertThat(browser.cookie("session")).isNotEqualTo(before);
    SignInSteps attacker = browser();
    attacker.cookie("session", before);
    assertThat(attacker.isSignedIn()).isFalse();
  }
}

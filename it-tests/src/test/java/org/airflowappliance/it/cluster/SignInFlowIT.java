package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
  private static final String STATE = "state: is none that this browser was given";
  private static final String TOKEN_REFUSED =
      "%s/protocol/openid-connect/token: status 400, error 'invalid_grant'";
  private static final Duration LOGGED = Duration.ofSeconds(20);
  private static final String HUNG_UP = "hung up";

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

  private void refused(SignInSteps browser, HttpResponse<String> answer, String reason) {
    isPage(401, "Sign-in was not possible", answer, reason);
    assertThat(browser.isSignedIn()).isFalse();
  }

  /** A page that says what is so, while the reason stands in a node's journal only. */
  private void isPage(int status, String title, HttpResponse<String> answer, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains("<title>" + title).doesNotContain("Traceback", ".py");
    assertThat(answer.body()).doesNotContain(reason);
    assertThat(cluster.reason(answer.body())).startsWith(reason);
  }

  /** The provider itself does not take a code; why, its log says about the session of the code. */
  private void refusedCode(
      SignInSteps browser, HttpResponse<String> answer, String code, String error) {
    refused(browser, answer, TOKEN_REFUSED.formatted(cluster.keycloak().issuer()));
    String session = code.split("\\.")[1];
    cluster.until(
        "Keycloak's log says " + error,
        LOGGED,
        () ->
            cluster
                .keycloak()
                .diagnosis()
                .lines()
                .filter(line -> line.contains("CODE_TO_TOKEN_ERROR") && line.contains(session))
                .anyMatch(line -> line.contains("error=\"" + error + "\"")));
  }

  private static String code(String answer) {
    return parameter(answer, "code");
  }

  private static String parameter(String url, String name) {
    assertThat(url).containsPattern("[?&]" + name + "=");
    return url.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
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
    isPage(401, "Sign-in was not possible", browser.get(answer), STATE);
  }

  @Test
  void aUsedCodeIsRefusedInAnotherSignIn() {
    SignInSteps browser = browser();
    String used = answer(browser);
    browser.get(used);
    SignInSteps other = browser();
    String fresh = answer(other);
    String code = code(used);
    refusedCode(other, other.get(with(fresh, "code", code)), code, "invalid_code");
    assertThat(cluster.keycloak().diagnosis())
        .contains("already used for userSession '" + code.split("\\.")[1]);
  }

  @Test
  void anAnswerOfAnotherBrowserIsRefused() {
    SignInSteps victim = browser();
    victim.begin("");
    refused(victim, victim.get(answer(browser())), STATE);
  }

  @Test
  void aCodeOfAnotherBrowserIsRefusedWithTheOwnState() {
    SignInSteps victim = browser();
    String own = answer(victim);
    String code = code(answer(browser()));
    refusedCode(victim, victim.get(with(own, "code", code)), code, "pkce_verification_failed");
  }

  @Test
  void anAnswerWithoutCookieIsRefused() {
    SignInSteps browser = browser();
    String answer = answer(browser);
    browser.forgetAirflow();
    refused(browser, browser.get(answer), STATE);
  }

  @Test
  void aCookieWithoutItsSignatureIsRefused() {
    SignInSteps browser = browser();
    String answer = answer(browser);
    String id = browser.cookie("session").replaceFirst("\\.[^.]*$", "");
    browser.cookie("session", id + ".AAAAAAAAAAAAAAAAAAAAAAAAAAA");
    refused(browser, browser.get(answer), STATE);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "NONE",
      delimiter = '|',
      value = {
        "state | NONE | " + STATE,
        "state | x | " + STATE,
        "code | NONE | code: is missing",
        "code | x | " + TOKEN_REFUSED,
        "iss | https://sso.example/realms/site"
            + " | iss: the answer is of 'https://sso.example/realms/site', not of '%s'",
        "iss | \"\" | iss: the answer is of '', not of '%s'"
      },
      quoteCharacter = '"')
  void aChangedAnswerIsRefused(String parameter, String value, String reason) {
    SignInSteps browser = browser();
    HttpResponse<String> said = browser.get(with(answer(browser), parameter, value));
    refused(browser, said, reason.formatted(cluster.keycloak().issuer()));
  }

  @Test
  void aRepeatedParameterIsRefused() {
    SignInSteps browser = browser();
    HttpResponse<String> said = browser.get(answer(browser) + "&code=x");
    refused(browser, said, "code: stands more than once in the answer");
  }

  @Test
  void whatTheProviderRefusesIsSaid() {
    SignInSteps browser = browser();
    String state = parameter(browser.begin(""), "state");
    refused(
        browser,
        browser.get(base + "/oauth-authorized/keycloak?error=access_denied&state=" + state),
        "the provider answered 'access_denied'");
  }

  @Test
  void aSilentSignInWithoutSessionIsRefused() {
    SignInSteps browser = browser();
    String answer = SignInSteps.location(browser.get(browser.begin("") + "&prompt=none"));
    refused(browser, browser.get(answer), "the provider answered 'login_required'");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "NONE",
      value = {
        "code_challenge, NONE, invalid_request, Missing parameter: code_challenge",
        "code_challenge_method, plain, invalid_request, challenge method is not matching",
        "response_type, token, unauthorized_client, Implicit flow is disabled"
      })
  void theProviderWantsACodeWithPkce(String parameter, String value, String error, String why) {
    SignInSteps browser = browser();
    HttpResponse<String> said = browser.get(with(browser.begin(""), parameter, value));
    String answer = SignInSteps.location(said).replace('#', '?');
    assertThat(answer).startsWith(base);
    assertThat(URLDecoder.decode(answer, StandardCharsets.UTF_8)).contains(why);
    refused(browser, browser.get(answer), "the provider answered '" + error + "'");
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
    assertThat(said.body()).contains("Invalid parameter: redirect_uri");
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
    refusedCode(browser, browser.get(answer), code(answer), "user_disabled");
  }

  @Test
  void aRoleThatIsTakenMeanwhileIsNotGiven() {
    SignInSteps browser = browser();
    people.add("fred", "airflow_admin");
    String answer = browser.enter(browser.begin(""), "fred", password);
    people.roles("fred");
    assertThat(browser.get(answer).statusCode()).isEqualTo(302);
    HttpResponse<String> page = browser.get(base + "/home");
    String reason = "no role that has rights: fred Site has ['Public']";
    isPage(403, "You have no role here", page, reason);
  }

  @Test
  void whoWasSignedOutMeanwhileIsRefused() {
    SignInSteps browser = browser();
    people.add("fergus", "airflow_viewer");
    String answer = browser.enter(browser.begin(""), "fergus", password);
    people.signOut("fergus");
    refusedCode(browser, browser.get(answer), code(answer), "invalid_code");
  }

  @ParameterizedTest
  @ValueSource(ints = {9_000, 70_000})
  void anOversizedAnswerOrCookieIsRefused(int size) {
    SignInSteps browser = browser();
    String answer = answer(browser);
    assertThat(said(browser, with(answer, "code", "x".repeat(size))))
        .containsAnyOf("Request Line is too large", HUNG_UP);
    browser.cookie("session", "x".repeat(size));
    assertThat(said(browser, base + "/home"))
        .containsAnyOf("limit request headers fields size", HUNG_UP);
    browser.forgetAirflow();
    assertThat(browser.isSignedIn()).isFalse();
  }

  /** A webserver that has read enough answers and hangs up, and the answer may be lost in that. */
  private static String said(SignInSteps browser, String url) {
    try {
      HttpResponse<String> answer = browser.get(url);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      return answer.body();
    } catch (UncheckedIOException hungUp) {
      return HUNG_UP;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', not a signed token",
    "x, not a signed token",
    "e30.e30.e30, signature: MissingAlgorithmError"
  })
  void aForgedSignOutEndsNothing(String token, String reason) {
    SignInSteps browser = browser();
    browser.signIn(USER, password);
    HttpResponse<String> answer =
        browser().post(base + "/oidc/backchannel-logout", Map.of("logout_token", token));
    isPage(400, "Not accepted", answer, reason);
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
    HttpResponse<String> answer = thief.get(base + "/home");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(SignInSteps.location(answer)).startsWith(base + "/login/");
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

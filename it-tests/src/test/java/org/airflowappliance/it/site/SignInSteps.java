package org.airflowappliance.it.site;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A browser of which each step is taken by hand: no redirect is followed, and any webserver may be
 * asked. Its cookies are Airflow's or the identity provider's, whichever address they came from.
 */
public final class SignInSteps {
  private final String airflow;
  private final String issuer;
  private final WebClient client;
  private final Map<String, String> airflowCookies = new TreeMap<>();
  private final Map<String, String> issuerCookies = new TreeMap<>();
  private String webserver;

  SignInSteps(HttpClient.Builder client, String airflow, String issuer) {
    this.client = new WebClient(client.followRedirects(HttpClient.Redirect.NEVER));
    this.airflow = airflow;
    this.issuer = issuer;
    webserver = airflow;
  }

  /** From now on Airflow's pages are asked from here; the load balancer when it is its address. */
  public SignInSteps at(String address) {
    webserver = address;
    return this;
  }

  /** Whether an address belongs to the identity provider. */
  public boolean isIssuers(String url) {
    return url.startsWith(issuer);
  }

  /** Where the sign-in page sends the browser. */
  public String begin(String query) {
    return location(get(airflow + "/login/" + query));
  }

  /** Fills in the identity provider's form; where it sends the browser then. */
  public String enter(String authorize, String user, String password) {
    HttpResponse<String> page = get(authorize);
    if (page.statusCode() == 302) {
      return location(page);
    }
    return location(post(WebClient.action(page), Map.of("username", user, "password", password)));
  }

  /** The whole way to a session; what the last page said. */
  public HttpResponse<String> signIn(String user, String password) {
    return get(enter(begin(""), user, password));
  }

  /** Whether Airflow shows its start page. */
  public boolean isSignedIn() {
    return get(airflow + "/home").statusCode() == 200;
  }

  /** A cookie of Airflow's by name, or null. */
  public String cookie(String name) {
    return airflowCookies.get(name);
  }

  /** Sets a cookie of Airflow's. */
  public void cookie(String name, String value) {
    airflowCookies.put(name, value);
  }

  /** Forgets Airflow's cookies. */
  public void forgetAirflow() {
    airflowCookies.clear();
  }

  /** Asks for a page of Airflow or of the identity provider. */
  public HttpResponse<String> get(String url) {
    return send(url, WebClient.request(asked(url)));
  }

  /** Sends a form, without any origin. */
  public HttpResponse<String> post(String url, Map<String, String> form) {
    return send(url, WebClient.form(asked(url), form));
  }

  /** A field's value in a query. */
  public static String word(String text) {
    return WebClient.word(text);
  }

  /** Where an answer sends the browser. */
  public static String location(HttpResponse<String> answer) {
    return answer
        .headers()
        .firstValue("Location")
        .orElseThrow(() -> new AssertionError("no redirect: " + said(answer)));
  }

  private static String said(HttpResponse<String> answer) {
    return answer.uri() + " said " + answer.statusCode() + " " + answer.body();
  }

  private String asked(String url) {
    return url.startsWith(airflow) ? webserver + url.substring(airflow.length()) : url;
  }

  private HttpResponse<String> send(String url, HttpRequest.Builder request) {
    String cookies =
        jar(url).entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining("; "));
    if (!cookies.isEmpty()) {
      request.header("Cookie", cookies);
    }
    HttpResponse<String> answer = client.send(request.header("Accept", "text/html"));
    answer.headers().allValues("Set-Cookie").forEach(each -> keep(jar(url), each));
    return answer;
  }

  private Map<String, String> jar(String url) {
    return isIssuers(url) ? issuerCookies : airflowCookies;
  }

  private static void keep(Map<String, String> jar, String cookie) {
    String[] named = cookie.split(";", 2)[0].split("=", 2);
    if (named[1].isEmpty() || cookie.contains("Max-Age=0")) {
      jar.remove(named[0].strip());
    } else {
      jar.put(named[0].strip(), named[1]);
    }
  }
}

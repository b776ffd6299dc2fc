package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A browser of which each step is taken by hand: no redirect is followed, and any webserver may be
 * asked. Its cookies are Airflow's or the identity provider's, whichever address they came from.
 */
public final class SignInSteps {
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Pattern FORM = Pattern.compile("action=\"([^\"]+)\"");

  private final String airflow;
  private final String issuer;
  private final HttpClient client;
  private final Map<String, String> airflowCookies = new TreeMap<>();
  private final Map<String, String> issuerCookies = new TreeMap<>();
  private String webserver;

  SignInSteps(HttpClient.Builder client, String airflow, String issuer) {
    this.client = client.connectTimeout(ANSWER).followRedirects(HttpClient.Redirect.NEVER).build();
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
    Matcher action = FORM.matcher(page.body());
    if (!action.find()) {
      throw new AssertionError("no form at " + authorize + ": " + said(page));
    }
    return location(
        post(
            action.group(1).replace("&amp;", "&"), Map.of("username", user, "password", password)));
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
    return send(url, request(url));
  }

  /** Sends a form, without any origin. */
  public HttpResponse<String> post(String url, Map<String, String> form) {
    return send(
        url,
        request(url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form(form))));
  }

  /** Fields as a query or a form. */
  public static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(each -> each.getKey() + "=" + word(each.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** A field's value in a query or a form. */
  public static String word(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
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

  private HttpRequest.Builder request(String url) {
    String asked = url.startsWith(airflow) ? webserver + url.substring(airflow.length()) : url;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(asked)).timeout(ANSWER).header("Accept", "text/html");
    String cookies =
        jar(url).entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining("; "));
    return cookies.isEmpty() ? request : request.header("Cookie", cookies);
  }

  private HttpResponse<String> send(String url, HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      answer.headers().allValues("Set-Cookie").forEach(each -> keep(jar(url), each));
      return answer;
    } catch (IOException problem) {
      throw new UncheckedIOException(url, problem);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
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

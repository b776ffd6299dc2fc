package org.airflowappliance.it.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookieStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** Airflow as one signed-in person sees it, by HTTP through the load balancer. */
public final class Airflow {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A connection that a killed webserver cut, or its request that nobody answered. */
  private static final int TRIES = 20;

  private static final Duration SESSION = Duration.ofMinutes(1);
  private static final Pattern CSRF = Pattern.compile("csrfToken = '([^']+)'");
  private static final int UNAUTHORIZED = 401;
  private static final int SIGN_INS = 3;
  private static final int FORBIDDEN = 403;
  private static final int UNAVAILABLE = 503;

  private final String base;
  private final CookieManager cookies = new CookieManager();
  private final WebClient browser;

  /** The same session, but who is sent elsewhere stays. */
  private final WebClient steps;

  private String token;
  private long since = System.nanoTime();

  private Airflow(String base, SSLContext trust) {
    this.base = base;
    browser = client(trust, cookies, HttpClient.Redirect.NORMAL);
    steps = client(trust, cookies, HttpClient.Redirect.NEVER);
  }

  private static WebClient client(
      SSLContext trust, CookieManager cookies, HttpClient.Redirect redirects) {
    return new WebClient(
        HttpClient.newBuilder()
            .sslContext(trust)
            .cookieHandler(cookies)
            .followRedirects(redirects));
  }

  /** Signs in at the identity provider's form, as a browser does. */
  static Airflow signedIn(String base, SSLContext trust, String user, String password) {
    Airflow airflow = new Airflow(base, trust);
    HttpResponse<String> form = airflow.browser.send(WebClient.request(base + "/login/"));
    HttpResponse<String> home =
        airflow.browser.send(
            WebClient.form(WebClient.action(form), Map.of("username", user, "password", password)));
    if (!airflow.isIn(home)) {
      throw new AssertionError(
          user
              + " was not signed in: "
              + home.statusCode()
              + " "
              + home.uri()
              + "\n"
              + home.body());
    }
    return airflow;
  }

  /** Also somebody without a role is signed in, and told so. */
  private boolean isIn(HttpResponse<String> home) {
    return home.uri().toString().startsWith(base)
        && (home.statusCode() == 200
            || home.statusCode() == FORBIDDEN && home.body().contains("You have no role here"));
  }

  /** Sends a request; when the session had reached its limit, once more after a silent sign-in. */
  private HttpResponse<String> send(HttpRequest.Builder request) {
    HttpResponse<String> answer = browser.send(request);
    return answer.statusCode() == UNAUTHORIZED ? sendAnew(request) : answer;
  }

  /** One test at a time signs the person in, and another one may just have done so. */
  private synchronized HttpResponse<String> sendAnew(HttpRequest.Builder request) {
    HttpResponse<String> answer = browser.send(request);
    for (int tries = 1; answer.statusCode() == UNAUTHORIZED && tries <= SIGN_INS; tries++) {
      browser.send(WebClient.request(base + "/login/"));
      token = null;
      answer = browser.send(request);
    }
    return answer;
  }

  /** A page or an answer of the API. */
  public HttpResponse<String> get(String path) {
    return send(WebClient.request(base + path).header("Accept", "application/json, text/html"));
  }

  /** A page or an answer of the API as plain text. */
  public String text(String path) {
    return send(WebClient.request(base + path).header("Accept", "text/plain")).body();
  }

  /** A page or an answer of the API, or where a redirect leads: it is not followed. */
  public HttpResponse<String> look(String path) {
    stay();
    return steps.send(
        WebClient.request(base + path).header("Accept", "application/json, text/html"));
  }

  /** Sends a form as a page of Airflow's would, with the session's token against forged ones. */
  public HttpResponse<String> form(String path, String fields) {
    stay();
    if (token == null) {
      Matcher found = CSRF.matcher(get("/home").body());
      if (!found.find()) {
        throw new AssertionError("the start page has no CSRF token");
      }
      token = found.group(1);
    }
    return steps.send(
        WebClient.request(base + path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-CSRFToken", token)
            .header("Referer", base + "/home")
            .POST(HttpRequest.BodyPublishers.ofString(fields)));
  }

  /** Sends JSON to a path, as a page of Airflow's would; the answer as it is. */
  public HttpResponse<String> json(String method, String path, String text) {
    return send(
        WebClient.request(base + path)
            .header("Content-Type", "application/json")
            .header("Origin", base)
            .method(method, HttpRequest.BodyPublishers.ofString(text)));
  }

  /**
   * Gives the session up well before it is over, and has another one from the provider's: what is
   * refused after that is not refused because nobody is signed in.
   */
  private synchronized void stay() {
    if (System.nanoTime() - since > SESSION.toNanos()) {
      CookieStore own = cookies.getCookieStore();
      own.get(URI.create(base)).forEach(each -> own.remove(URI.create(base), each));
      HttpResponse<String> home = browser.send(WebClient.request(base + "/login/"));
      if (!isIn(home)) {
        throw new AssertionError("not signed in again: " + home.statusCode() + " " + home.uri());
      }
      since = System.nanoTime();
      token = null;
    }
  }

  /** A value in a query or a form. */
  public static String word(String text) {
    return WebClient.word(text);
  }

  /** What the API has at a path. */
  public JsonNode read(String path) {
    return parsed(() -> get("/api/v1" + path), path);
  }

  /** Sends JSON to a path of the API; 409 means that an earlier try was taken. */
  public JsonNode write(String method, String path, Map<String, ?> values) {
    return parsed(
        () -> {
          try {
            return json(method, "/api/v1" + path, JSON.writeValueAsString(values));
          } catch (IOException problem) {
            throw new UncheckedIOException(problem);
          }
        },
        path);
  }

  /** A node may die under a request, so it is sent again for some seconds. */
  private static JsonNode parsed(Supplier<HttpResponse<String>> asked, String path) {
    for (int tries = 1; ; tries++) {
      try {
        HttpResponse<String> answer = asked.get();
        if (answer.statusCode() < 300) {
          return JSON.readTree(answer.body());
        }
        if (answer.statusCode() == 409 && tries > 1) {
          return JSON.nullNode();
        }
        if (answer.statusCode() != UNAVAILABLE || tries == TRIES) {
          throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
        }
      } catch (UncheckedIOException problem) {
        if (tries == TRIES) {
          throw problem;
        }
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
  }

  /** Lets a DAG's runs begin. */
  public void unpause(String dag) {
    write("PATCH", "/dags/" + dag, Map.of("is_paused", false));
  }

  /** Starts a run under a name. */
  public void trigger(String dag, String run, Map<String, ?> conf) {
    write("POST", "/dags/" + dag + "/dagRuns", Map.of("dag_run_id", run, "conf", conf));
  }

  /** The log of one try of a task, as the page of the log shows it. */
  public String log(String dag, String run, String task, int tried) {
    return text(
        "/api/v1/dags/%s/dagRuns/%s/taskInstances/%s/logs/%d?full_content=true"
            .formatted(dag, run, task, tried));
  }
}

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Requests of the suite's own: each has a limit of time, and a broken connection is unchecked. */
final class WebClient {
  private static final Duration ANSWER = Pace.here(Duration.ofSeconds(60));
  private static final Pattern ACTION = Pattern.compile("action=\"([^\"]+)\"");

  private final HttpClient client;

  WebClient(HttpClient.Builder client) {
    this.client = client.connectTimeout(ANSWER).build();
  }

  /** A request to an address, a GET until it is made another. */
  static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER);
  }

  /** The same for a form that is sent. */
  static HttpRequest.Builder form(String url, Map<String, String> fields) {
    return request(url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(fields(fields)));
  }

  /** Fields as a query or a form has them. */
  static String fields(Map<String, String> values) {
    return values.entrySet().stream()
        .map(each -> each.getKey() + "=" + word(each.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** The value of one. */
  static String word(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Where a page's only form goes, such as the identity provider's sign-in. */
  static String action(HttpResponse<String> page) {
    Matcher action = ACTION.matcher(page.body());
    if (!action.find()) {
      throw new AssertionError(
          "no form at " + page.uri() + ": " + page.statusCode() + " " + page.body());
    }
    return action.group(1).replace("&amp;", "&");
  }

  /** Sends a request and waits for the answer. */
  HttpResponse<String> send(HttpRequest.Builder request) {
    HttpRequest sent = request.build();
    try {
      return client.send(sent, HttpResponse.BodyHandlers.ofString());
    } catch (IOException problem) {
      throw new UncheckedIOException(sent.uri().getPath(), problem);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}

package org.airflowappliance.it.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An S3 server to which requests are sent exactly as they are written. */
final class RawStore {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Pattern CODE =
      Pattern.compile("<Code>([^<]*)</Code>|\"Code\":\\s*\"([^\"]*)\"");

  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RawStore(String url) {
    this.url = url;
  }

  /** Status and body. */
  record Answer(int status, String body) {
    /** The status and what the server calls the problem. */
    String seen() {
      Matcher code = CODE.matcher(body);
      return status
          + (code.find() ? " " + (code.group(1) == null ? code.group(2) : code.group(1)) : "");
    }

    /** The text of the first element of this name. */
    String element(String name) {
      return body.split("</?" + name + ">")[1];
    }
  }

  String host() {
    return URI.create(url).getAuthority();
  }

  /** A request signed in its headers. */
  Answer send(Keys keys, String method, String target, Map<String, String> headers, byte[] body)
      throws IOException {
    return send(keys, "s3", method, target, headers, body);
  }

  Answer send(
      Keys keys,
      String service,
      String method,
      String target,
      Map<String, String> headers,
      byte[] body)
      throws IOException {
    Signature signature = new Signature(keys, service);
    Map<String, String> all = new TreeMap<>(headers);
    all.put("x-amz-date", signature.time());
    all.put("x-amz-content-sha256", Signature.digest(body));
    if (!keys.token().isEmpty()) {
      all.put("x-amz-security-token", keys.token());
    }
    Map<String, String> signed = new TreeMap<>(all);
    signed.put("host", host());
    all.put("Authorization", signature.header(method, target, signed, Signature.digest(body)));
    return unsigned(method, target, all, body);
  }

  /** A request as it is. */
  Answer unsigned(String method, String target, Map<String, String> headers, byte[] body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + target.replace("*", "%2A")))
            .timeout(LIMIT)
            .method(method, BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(answer.statusCode(), new String(answer.body(), UTF_8));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }
}

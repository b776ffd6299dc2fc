package org.airflowappliance.lock;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Opens an address for reading. */
final class Http {
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private Http() {}

  /** An answer that another try will not change. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * Asks for the bytes from {@code start} on; a server that cannot do that answers with all (status
   * 200 instead of 206).
   *
   * @throws FileNotFoundException when the server does not have the file
   * @throws Refused when it says no in another final way
   */
  static HttpResponse<InputStream> open(URI address, long start) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(ANSWER);
    if (start > 0) {
      request.header("Range", "bytes=" + start + "-");
    }
    HttpResponse<InputStream> answer = send(request.build());
    int status = answer.statusCode();
    if (status == 200 || (status == 206 && start > 0)) {
      return answer;
    }
    answer.body().close();
    String message = address + " answers " + status;
    if (status == 404 || status == 410) {
      throw new FileNotFoundException(message);
    }
    if (status >= 500 || status == 408 || status == 429 || status == 416) {
      throw new IOException(message);
    }
    throw new Refused(message);
  }

  private static HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StoreProblem(request.uri() + ": interrupted", interrupted);
    } catch (IOException problem) {
      // Java's own message is often empty, and never names the address
      throw new IOException(request.uri() + " gives no answer (" + problem + ")", problem);
    }
  }
}

package org.airflowappliance.keycloak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.airflowappliance.cluster.Cluster.CaFile;
import org.airflowappliance.cluster.Trust;

/** HTTP with JSON answers to one server; what keeps it from answering is told. */
final class Wire {
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int SHOWN = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RealmAddress address;
  private final HttpClient client;

  /**
   * To a server.
   *
   * @param ca whose certificates are believed besides those of Java's own CAs
   */
  Wire(RealmAddress address, Optional<CaFile> ca) {
    this.address = address;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER);
    ca.ifPresent(file -> builder.sslContext(tls(file)));
    this.client = builder.build();
  }

  private static SSLContext tls(CaFile ca) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new Trust(ca).managers(), null);
      return context;
    } catch (GeneralSecurityException problem) {
      throw new IllegalStateException("every Java has TLS", problem);
    }
  }

  /** What came back. */
  record Answer(int status, String location, String body) {
    boolean good() {
      return status >= 200 && status < 300;
    }

    /** The body; a missing node when it is none or no JSON. */
    JsonNode json() {
      try {
        return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
      } catch (JsonProcessingException other) {
        return MissingNode.getInstance();
      }
    }

    /** The status with what the server said about it, in one line. */
    String said() {
      if (!location.isEmpty() && !good()) {
        return status + ", elsewhere: " + location;
      }
      JsonNode json = json();
      String message = "";
      for (String key : new String[] {"errorMessage", "error_description", "error"}) {
        message = message.isEmpty() ? json.path(key).asText("") : message;
      }
      String line = message.replaceAll("\\s+", " ").strip();
      return line.isEmpty()
          ? Integer.toString(status)
          : status + ", " + line.substring(0, Math.min(SHOWN, line.length()));
    }
  }

  @FunctionalInterface
  private interface Exchange {
    HttpResponse<String> answer() throws IOException, InterruptedException;
  }

  HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(ANSWER).header("Accept", "application/json");
  }

  /** A request that changes nothing. */
  Answer ask(HttpRequest request) {
    return told(() -> again(request));
  }

  /** A request that may change something, so it is not repeated. */
  Answer send(HttpRequest request) {
    return told(() -> once(request));
  }

  private Answer told(Exchange exchange) {
    try {
      HttpResponse<String> answer = exchange.answer();
      String location = answer.headers().firstValue("Location").orElse("");
      return new Answer(answer.statusCode(), location, answer.body());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new KeycloakProblem(address.server() + ": interrupted; run it again");
    } catch (SSLException untrusted) {
      throw new KeycloakProblem(
          "%s: no trusted connection (%s); name the CA that signed its certificate as caFile in cluster.yaml, or correct oidc.serverUrl or --url"
              .formatted(address.server(), reason(untrusted)));
    } catch (IOException away) {
      throw new KeycloakProblem(
          "%s: no answer (%s); check that Keycloak runs there and oidc.serverUrl, or give the realm's address as this machine reaches it with --url"
              .formatted(address.server(), reason(away)));
    }
  }

  /** A connection may be cut by a server or a balancer that is in trouble or begins anew. */
  private HttpResponse<String> again(HttpRequest request) throws IOException, InterruptedException {
    try {
      return once(request);
    } catch (SSLException | HttpTimeoutException problem) {
      throw problem;
    } catch (IOException cut) {
      Thread.sleep(AGAIN.toMillis());
      return once(request);
    }
  }

  private HttpResponse<String> once(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  /** Java's own message is often empty. */
  private static String reason(Throwable problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        return cause.getMessage().lines().findFirst().orElseThrow();
      }
    }
    return problem.getClass().getSimpleName();
  }
}

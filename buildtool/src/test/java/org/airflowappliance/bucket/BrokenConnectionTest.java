package org.airflowappliance.bucket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.airflowappliance.cluster.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * What is no answer, in two ways of which the SDK's client makes exceptions that nobody expects.
 */
class BrokenConnectionTest {
  private static final StoreKeys KEYS =
      new StoreKeys("secrets.env S3_ACCESS_KEY_ID", "key", "secret");
  private static final String ABSENT =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 37\r\nConnection: close\r\n\r\n<Error><Code>NoSuchKey</Code></Error>";

  /** As a port for TLS answers who speaks without. */
  private static final String NO_HTTP = "\u0015\u0003\u0001\u0000\u0002\u0002\n\r\n\r\n";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile String answer = ABSENT;
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "breaking server");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
        String request = in.readLine();
        while (!in.readLine().isEmpty()) {
          // the rest of the head is of no interest
        }
        asked.add(request.substring(0, request.indexOf(' ')));
        // the connection ends when a body is announced
        if (request.startsWith("GET ")) {
          client.getOutputStream().write(answer.getBytes(US_ASCII));
        }
      } catch (IOException closed) {
        // the next client, or the end of the test
      }
    }
  }

  @Test
  void itIsTriedAgainAndThenToldWithoutATrace() {
    try (Bucket bucket = new Bucket(cluster(), KEYS)) {
      assertThatThrownBy(bucket::prepare)
          .isInstanceOf(BucketProblem.class)
          .hasMessageStartingWith(url() + ": no answer (");
    }
    assertThat(asked).startsWith("GET", "PUT", "PUT");
  }

  @Test
  void whatIsNoHttpIsTold() {
    answer = NO_HTTP;
    try (SignedRequests requests = new SignedRequests(cluster())) {
      assertThatThrownBy(
              () -> requests.send(SdkHttpMethod.GET, "/airflow", Map.of(), new byte[0], KEYS))
          .isInstanceOf(BucketProblem.class)
          .hasMessageStartingWith(url() + ": no answer (");
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private Cluster cluster() {
    return Blueprints.of(url(), " []").cluster();
  }
}

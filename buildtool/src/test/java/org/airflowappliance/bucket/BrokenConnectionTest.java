package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.airflowappliance.RawServer;
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
  private RawServer server;

  @BeforeEach
  void start() throws IOException {
    server = new RawServer(this::answer);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** The connection ends when a body is announced. */
  private String answer(String method, String path) {
    asked.add(method);
    return method.equals("GET") ? answer : "";
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
    return "http://" + server.address();
  }

  private Cluster cluster() {
    return Blueprints.of(url(), " []").cluster();
  }
}

package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.minio.admin.Crypto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.airflowappliance.cluster.TenantKeys;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of a server, and what an operator is told when it does not do it. */
class BucketAccessTest {
  private static final String ADMIN = "/minio/admin/v3/";
  private static final String BUCKET = "/airflow";
  private static final String LOCATION = "GET " + BUCKET + "?location=";
  private static final String SLOW_DOWN = "<Error><Code>SlowDown</Code></Error>";

  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final Deque<Answer> ofTheBucket = new ConcurrentLinkedDeque<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private int status = 200;
  private HttpServer server;

  /** What a question for the bucket's location gets; with status 0 the connection breaks. */
  private record Answer(int status, String body) {}

  @BeforeEach
  void start() throws IOException, InvalidCipherTextException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] body = answers.getOrDefault(exchange.getRequestURI().getPath(), new byte[0]);
          int code = status;
          if (exchange.getRequestURI().getPath().equals(BUCKET)) {
            Answer next = ofTheBucket.size() > 1 ? ofTheBucket.poll() : ofTheBucket.element();
            code = next.status();
            body = next.body().getBytes(StandardCharsets.UTF_8);
          }
          if (code > 0) {
            exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    answers.put(
        ADMIN + "list-users", Crypto.encrypt("{}".getBytes(StandardCharsets.UTF_8), "pass"));
    answers.put(ADMIN + "list-canned-policies", "{}".getBytes(StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private List<String> apply(boolean dryRun) {
    List<String> lines = new ArrayList<>();
    ClusterKeys keys =
        new ClusterKeys(
            new StoreKeys("secrets.env S3_ACCESS_KEY_ID", "nodes", "secret"),
            TenantKeys.parse("", "", List.of()));
    StoreKeys administrator = new StoreKeys("MINIO_ROOT_USER", "admin", "pass");
    try (BucketAccess access =
        new BucketAccess(Blueprints.of(url(), " []"), administrator, Duration.ZERO)) {
      access.apply(keys, false, dryRun, lines::add);
    }
    return lines;
  }

  private void refuses(int code, String path, String body) {
    status = code;
    answers.put(path, body.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The nodes' user is there with its policies, and a question with its keys gets these answers.
   */
  private void nodesGet(Answer... locations) throws InvalidCipherTextException {
    String users =
        "{\"nodes\": {\"policyName\": \"homelab.airflow.minio,homelab.airflow.nodes\", \"status\": \"enabled\"}}";
    answers.put(
        ADMIN + "list-users", Crypto.encrypt(users.getBytes(StandardCharsets.UTF_8), "pass"));
    asked.clear();
    ofTheBucket.clear();
    ofTheBucket.addAll(List.of(locations));
  }

  private static Answer forbidden(String code) {
    return new Answer(403, "<Error><Code>" + code + "</Code></Error>");
  }

  @Test
  void aSecretFitsWhenItsSignatureIsTaken() throws InvalidCipherTextException {
    for (Answer taken : List.of(new Answer(200, ""), forbidden("AccessDenied"))) {
      nodesGet(taken);

      assertThat(apply(false)).as(taken.toString()).endsWith("= user of homelab.airflow.nodes");
    }
  }

  @Test
  void aSecretIsAnotherOneOnlyWhenItsSignatureIsRefused() throws InvalidCipherTextException {
    for (String code : List.of("SignatureDoesNotMatch", "InvalidAccessKeyId")) {
      nodesGet(forbidden(code));

      assertThat(apply(true))
          .as(code)
          .endsWith("~ user of homelab.airflow.nodes: its secret is another one now");
      assertThat(asked).containsOnlyOnce(LOCATION);
    }
  }

  @Test
  void whatPassesIsAskedAgain() throws InvalidCipherTextException {
    nodesGet(
        new Answer(503, SLOW_DOWN),
        new Answer(429, ""),
        new Answer(502, "<html>Bad Gateway</html>"),
        new Answer(200, ""));

    assertThat(apply(false)).endsWith("= user of homelab.airflow.nodes");
    assertThat(asked).filteredOn(LOCATION::equals).hasSize(4);

    // Java itself asks once more
    nodesGet(new Answer(0, ""), new Answer(0, ""), new Answer(200, ""));

    assertThat(apply(false)).endsWith("= user of homelab.airflow.nodes");
    assertThat(asked).filteredOn(LOCATION::equals).hasSize(3);
  }

  @Test
  void anAnswerThatSaysNothingOfTheSecretChangesNothing() throws InvalidCipherTextException {
    String problem =
        url()
            + ": whether user nodes (homelab.airflow.nodes) has the wanted secret is not known, the server said %s;"
            + " no user was changed; repeat this when it is well, or look into its log";

    nodesGet(new Answer(503, SLOW_DOWN));
    assertThatThrownBy(() -> apply(false))
        .isInstanceOf(BucketProblem.class)
        .hasMessage(problem.formatted("503, SlowDown"));
    assertThat(asked).allMatch(each -> each.startsWith("GET "));
    assertThat(asked).filteredOn(LOCATION::equals).hasSize(5);

    nodesGet(new Answer(403, "<html>Forbidden</html>"));
    assertThatThrownBy(() -> apply(true))
        .isInstanceOf(BucketProblem.class)
        .hasMessage(problem.formatted("403"));
    assertThat(asked).containsOnlyOnce(LOCATION);

    nodesGet(new Answer(0, ""));
    assertThatThrownBy(() -> apply(false)).hasMessageStartingWith(url() + ": no answer (");
    assertThat(asked).allMatch(each -> each.startsWith("GET "));
  }

  @Test
  void aBucketThatIsNotThereIsTold() throws InvalidCipherTextException {
    nodesGet(new Answer(404, "<Error><Code>NoSuchBucket</Code></Error>"));

    assertThatThrownBy(() -> apply(true))
        .isInstanceOf(BucketProblem.class)
        .hasMessage(
            url() + ": there is no bucket 'airflow'; create it or correct objectStore.bucket");
  }

  @Test
  void aDryRunOnlyAsks() {
    assertThat(apply(true)).hasSize(3).allMatch(line -> line.startsWith("+ "));
    assertThat(asked)
        .containsExactly("GET " + ADMIN + "list-users", "GET " + ADMIN + "list-canned-policies");
  }

  @Test
  void noSecretStandsInAnAddress() {
    apply(false);

    assertThat(asked)
        .hasSize(6)
        .contains(
            "PUT " + ADMIN + "add-user?accessKey=nodes",
            "PUT "
                + ADMIN
                + "set-user-or-group-policy?isGroup=false&policyName=homelab.airflow.minio%2Chomelab.airflow.nodes"
                + "&userOrGroup=nodes")
        .noneMatch(each -> each.contains("secret") || each.contains("pass"));
  }

  @Test
  void wrongKeysAreTold() {
    refuses(403, ADMIN + "list-users", "{\"Code\": \"SignatureDoesNotMatch\"}");

    assertThatThrownBy(() -> apply(false))
        .isInstanceOf(BucketProblem.class)
        .hasMessage(
            url()
                + ": MINIO_ROOT_USER is refused (403, SignatureDoesNotMatch); correct it and its secret");
  }

  @Test
  void whoIsNoAdministratorIsTold() {
    refuses(403, ADMIN + "list-users", "{\"Code\": \"AccessDenied\"}");

    assertThatThrownBy(() -> apply(false))
        .hasMessageStartingWith(
            url() + ": MINIO_ROOT_USER may not do this (list-users: 403, AccessDenied); take an");
  }

  @Test
  void anotherServerIsTold() {
    refuses(404, ADMIN + "list-users", "<Error><Code>NoSuchBucket</Code></Error>");

    assertThatThrownBy(() -> apply(false))
        .hasMessage(
            url()
                + ": does not speak MinIO's admin API (list-users: 404, NoSuchBucket); for another server run: appliance"
                + " bucket apply --print");
  }

  @Test
  void aServerThatIsAwayIsTold() {
    server.stop(0);

    assertThatThrownBy(() -> apply(false)).hasMessageStartingWith(url() + ": no answer (");
  }
}

package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.minio.admin.Crypto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.airflowappliance.cluster.TenantKeys;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of a server, and what an operator is told when it does not do it. */
class BucketAccessTest {
  private static final String ADMIN = "/minio/admin/v3/";

  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private int status = 200;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException, InvalidCipherTextException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] body = answers.getOrDefault(exchange.getRequestURI().getPath(), new byte[0]);
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
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
    try (BucketAccess access = new BucketAccess(Blueprints.of(url(), " []"), administrator)) {
      access.apply(keys, false, dryRun, lines::add);
    }
    return lines;
  }

  private void refuses(int code, String path, String body) {
    status = code;
    answers.put(path, body.getBytes(StandardCharsets.UTF_8));
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

package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands between secrets file and Kubernetes, with an API server of a few answers. */
class KubernetesCommandsTest {
  private static final String NAMESPACE = "/api/v1/namespaces/airflow";
  private static final String TOKEN = NAMESPACE + "/secrets/homelab-airflow-scheduler-token";
  private static final Path CA =
      Path.of("src/test/resources/org/airflowappliance/cluster/site-ca.pem");

  @TempDir Path folder;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private HttpServer api;

  @BeforeEach
  void start() throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext("/", this::answer);
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String text = answers.get(exchange.getRequestURI().getPath());
    byte[] body = (text == null ? "{}" : text).getBytes(StandardCharsets.UTF_8);
    int code = text == null ? 404 : text.contains("Forbidden") ? 403 : 200;
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Ran kubeconfig(String... more) throws IOException {
    Path config = folder.resolve("config");
    Files.writeString(
        config,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: lab, cluster: {server: "http://127.0.0.1:PORT"}}]
        users: [{name: admin, user: {token: mine}}]
        contexts:
          - {name: admin@lab, context: {cluster: lab, user: admin}}
          - {name: other@lab, context: {cluster: lab, user: admin}}
        current-context: admin@lab
        """
            .replace("PORT", Integer.toString(api.getAddress().getPort())));
    String[] all = new String[more.length + 4];
    all[0] = "kubeconfig";
    all[1] = cluster();
    all[2] = "--kubeconfig";
    all[3] = config.toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return Ran.run(all);
  }

  /** The example. */
  private String cluster() {
    String file = folder.resolve("cluster.yaml").toString();
    Ran.run("init", file);
    return file;
  }

  private static String secret(String ca) {
    return """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"token": "%s", "ca.crt": "%s"}}
        """
        .formatted(base64("a.b-c"), base64(ca));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theTokenIsPrintedAsALineOfTheSecretsFile() throws IOException {
    answers.put(TOKEN, secret(Files.readString(CA)));
    Ran ran = kubeconfig("--context", "other@lab");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo("KUBERNETES_TOKEN=a.b-c\n");
    // the example names another address and no CA
    assertThat(ran.err().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("warning: kubernetes.api: "))
        .anyMatch(line -> line.startsWith("warning: kubernetes.ca: "));
  }

  @Test
  void whatIsMissingIsNamedWithTheNextStep() throws IOException {
    Ran ran = kubeconfig();
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("secret airflow/homelab-airflow-scheduler-token at http://127.0.0.1:")
        .contains(
            "does not exist, nor does the namespace 'airflow'; apply the manifests first: kubectl apply -k");
    answers.put(
        NAMESPACE,
        "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"airflow\"}}");
    assertThat(kubeconfig().err()).contains("does not exist; apply the manifests first");
  }

  @Test
  void aRefusalIsExplained() throws IOException {
    answers.put(TOKEN, "{\"kind\": \"Status\", \"reason\": \"Forbidden\", \"code\": 403}");
    assertThat(kubeconfig().err()).contains("may not be read by this user (403); choose");
  }

  @Test
  void aServerThatIsAwayIsNamed() throws IOException {
    api.stop(0);
    Ran ran = kubeconfig();
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("http://127.0.0.1:").contains("does not answer: ");
  }

  @Test
  void anUnknownContextAndFileAreNamed() throws IOException {
    assertThat(kubeconfig("--context", "none").err())
        .contains("there is no 'none' in ", "known are admin@lab, other@lab");
    Path none = folder.resolve("none");
    assertThat(Ran.run("kubeconfig", cluster(), "--kubeconfig", none.toString()).err())
        .startsWith(none + ": there is no such file");
  }

  @Test
  void theSecretsForPodsAreMadeBeforeTheTokenIsKnown() throws IOException {
    Path file = folder.resolve("secrets.env");
    Ran.run("secrets", "new", file.toString());
    Files.writeString(
        file,
        Files.readString(file)
            .replace("DATABASE_PASSWORD=", "DATABASE_PASSWORD=p@ss")
            .replace("S3_ACCESS_KEY_ID=", "S3_ACCESS_KEY_ID=AK")
            .replace("S3_SECRET_ACCESS_KEY=", "S3_SECRET_ACCESS_KEY=s/k"));
    Ran ran = Ran.run("secrets", "manifest", file.toString(), cluster());
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains(
            "name: homelab-airflow-s3-secret",
            "name: homelab-airflow-fernet-key",
            "name: homelab-airflow-metadata",
            "aws_access_key_id: " + base64("AK"),
            // the beginning of the URL: three bytes are four characters
            base64("postgresql://airflow:p%40ss@192.168.11.3:5432/airflow?sslmode=pref"));

    Files.writeString(file, Files.readString(file).replace("p@ss", ""));
    Ran lacking = Ran.run("secrets", "manifest", file.toString(), cluster());
    assertThat(lacking.code()).isEqualTo(1);
    assertThat(lacking.err()).contains("DATABASE_PASSWORD: is empty").doesNotContain("TOKEN");
  }
}

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `appliance keycloak apply` says, with a server of a few answers. */
class KeycloakCommandTest {
  private static final String LOGIN = "/realms/master/protocol/openid-connect/token";
  private static final String REALM = "/admin/realms/airflow";
  private static final String TOKEN = "{\"access_token\": \"t\", \"expires_in\": 60}";

  @TempDir Path folder;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** Requests whose next one gets no answer. */
  private final Set<String> cut = ConcurrentHashMap.newKeySet();

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    answers.put(LOGIN, "200 " + TOKEN);
    answers.put("/admin/serverinfo", "403 {\"error\": \"HTTP 403 Forbidden\"}");
    answers.put(REALM, "200 {}");
    answers.put(REALM + "/clients", "200 []");
    answers.put(
        REALM + "/client-scopes",
        "200 [{\"id\": \"1\", \"name\": \"basic\"}, {\"id\": \"2\", \"name\": \"profile\"},"
            + " {\"id\": \"3\", \"name\": \"email\"}]");
    Files.writeString(folder.resolve("password"), "the-password\n");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String request = exchange.getRequestMethod() + " " + path;
    asked.add(request);
    if (cut.remove(request)) {
      exchange.close();
      return;
    }
    String text = answers.getOrDefault(path, "404 {\"error\": \"none\"}");
    byte[] body = text.substring(4).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(Integer.parseInt(text.substring(0, 3)), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Ran apply(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("keycloak", "apply", cluster(), "--url", url() + "/realms/airflow"));
    all.addAll(List.of("--admin", "ann", "--password-file", folder.resolve("password").toString()));
    all.addAll(List.of(more));
    return Ran.run(all.toArray(String[]::new));
  }

  /** The example. */
  private String cluster() {
    String file = folder.resolve("cluster.yaml").toString();
    Ran.run("init", file);
    return file;
  }

  @Test
  void aDryRunSaysWhatWouldChangeAndAsksOnly() {
    Ran ran = apply("--dry-run");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).startsWith("+ client airflow\n+ role airflow_admin\n");
    assertThat(ran.code()).isZero();
    assertThat(asked.stream().filter(each -> !each.endsWith(LOGIN)))
        .allMatch(each -> each.startsWith("GET "));
  }

  @Test
  void aWrongPasswordIsTold() {
    answers.put(LOGIN, "401 {\"error_description\": \"Invalid user credentials\"}");

    Ran ran = apply();

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo(
            url()
                + ": user 'ann' of realm 'master' is refused (401, Invalid user credentials); correct --admin,"
                + " --admin-realm or the secret that goes with it\n");
  }

  @Test
  void aMissingRealmIsTold() {
    answers.put(REALM, "404 {\"error\": \"Realm not found.\"}");

    assertThat(apply().err())
        .isEqualTo(
            url()
                + "/realms/airflow: realm 'airflow' does not exist at "
                + url()
                + "; create it there, or correct oidc.serverUrl or --url\n");
  }

  @Test
  void whoIsNoAdministratorIsTold() {
    answers.put(REALM, "403 {\"error\": \"HTTP 403 Forbidden\"}");

    assertThat(apply().err())
        .startsWith(url() + "/realms/airflow: user 'ann' of realm 'master' may not do this (GET ")
        .contains("403); give it the role manage-clients of the client realm-management");
  }

  @Test
  void whoMaySeeNoClientIsTold() {
    answers.put(REALM + "/client-scopes", "200 []");

    assertThat(apply().err())
        .startsWith(
            url()
                + "/realms/airflow: user 'ann' of realm 'master' may not do this (sees no client scope); give it");
  }

  @Test
  void howFarItCameIsTold() {
    answers.put(REALM + "/clients", "200 [{\"id\": \"7\", \"clientId\": \"else\"}]");

    // the server takes everything but a role
    assertThat(apply().err())
        .startsWith(url() + "/realms/airflow: Keycloak answers POST ")
        .contains("/clients/7/roles with 404, none; look into its log\n")
        .endsWith(
            url()
                + "/realms/airflow: 1 of 6 changes were made before; run it again when this is mended\n");
  }

  @Test
  void anOldKeycloakIsTold() {
    answers.put("/admin/serverinfo", "200 {\"systemInfo\": {\"version\": \"22.0.5\"}}");

    assertThat(apply().err())
        .isEqualTo(url() + ": is Keycloak 22.0.5, older than 25; upgrade it\n");
  }

  @Test
  void aServerThatIsAwayOrIsNoKeycloakIsTold() {
    answers.put(LOGIN, "404 <html>");
    assertThat(apply().err()).contains("there is no realm 'master'", "when that is no Keycloak");

    server.stop(0);
    assertThat(apply().err()).startsWith(url() + ": no answer (").contains("with --url");
  }

  @Test
  void whatIsAskedIsAskedOnceMoreAndNoChangeIs() {
    cut.addAll(List.of("POST " + LOGIN, "GET " + REALM, "GET " + REALM + "/clients"));
    assertThat(apply("--dry-run").code()).isZero();
    assertThat(cut).isEmpty();

    String change = "POST " + REALM + "/clients";
    cut.add(change);
    asked.clear();
    assertThat(apply().err()).contains("no answer (");
    assertThat(asked).containsOnlyOnce(change);
  }

  @Test
  void aRedirectIsTold() {
    answers.put(LOGIN, "301 ");

    assertThat(apply().err())
        .contains("answers the sign-in of user 'ann' of realm 'master' with 301");
  }

  @Test
  void secretsComeFromAFileOrTheEnvironmentOnly() throws IOException {
    Ran none = Ran.run("keycloak", "apply", cluster(), "--admin-client", "tool");
    assertThat(none.err())
        .isEqualTo(
            "KC_CLI_CLIENT_SECRET: is not set; put the secret of 'tool' into it, or name a file that holds it with"
                + " --password-file\n");
    Files.writeString(folder.resolve("password"), "");
    assertThat(apply().err()).contains("its first line is empty; write the secret of 'ann' there");
    assertThat(Ran.run("keycloak", "apply", cluster()).code()).isEqualTo(2);
    assertThat(Ran.run("keycloak").code()).isEqualTo(2);
  }

  @Test
  void theSecretsFileIsLookedAtBeforeAnythingIsDone() {
    Ran ran = apply("--write-secrets", folder.resolve("none.env").toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("`appliance secrets new FILE` writes one");
    assertThat(asked).isEmpty();
  }

  @Test
  void aMachineThatIsNoneIsTold() {
    assertThat(apply("--machine-secret", "ci").err())
        .isEqualTo("--machine-secret: 'ci' is no machine of the cluster; oidc.machines has none\n");
    assertThat(apply("--machine-secret", "ci", "--dry-run").code()).isEqualTo(2);
  }
}

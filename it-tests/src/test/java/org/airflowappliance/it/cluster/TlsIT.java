package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise 9: every connection is TLS by one private CA, and what does not fit is told. */
@Order(4)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String BUNDLE = "/run/airflow/ca-bundle.pem";
  private static final int PORT = 8080;
  private static final int CURL_UNKNOWN_CA = 60;
  private static final int TIMED_OUT = 124;
  private static final String ANOTHER_NAME = "database.elsewhere";
  private static final String MISMATCH =
      "server certificate for \"%s\" does not match host name \"" + ANOTHER_NAME + "\"";

  private static final String SESSIONS =
      """
      SELECT client_addr, bool_and(ssl), string_agg(DISTINCT version, ' ')
      FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
      WHERE datname = 'airflow' AND client_addr IS NOT NULL GROUP BY 1""";

  private Cluster cluster;
  private SystemdNode node;

  @BeforeAll
  void cluster(Cluster cluster) {
    this.cluster = cluster;
    node = cluster.nodes().get(0);
  }

  private Program curl(String options) {
    return node.attempt(LIMIT, "curl -sS -m 10 -o /dev/null -w '%{http_code}' " + options);
  }

  @Test
  @Order(1)
  void oneFileIsEnoughForEveryServer() {
    for (String url :
        List.of(
            cluster.balancer().url() + "/health",
            cluster.store().url() + "/minio/health/live",
            cluster.keycloak().issuer(),
            cluster.kubernetes().url() + "/version")) {
      // Kubernetes tells its version to those that it knows only; that is an answer
      Program known = curl("--cacert " + BUNDLE + " " + url);
      assertThat(known.out()).as(url + known.err()).isIn("200", "401");
      assertThat(curl(url).code()).as(url).isEqualTo(CURL_UNKNOWN_CA);
      assertThat(curl(url.replace("https:", "http:")).out()).as(url).doesNotStartWith("2");
    }
  }

  @Test
  @Order(2)
  void theDatabaseSpeaksNothingElseWithNodesAndPods() throws IOException {
    Runs runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("steady");
    cluster.as("ada").trigger("steady", "tls", Map.of("seconds", 5));
    int nodesAndPods = cluster.nodes().size() + 1;
    cluster.until(
        "nodes and pods are connected",
        LIMIT,
        () -> {
          List<String[]> sessions = runs.rows(SESSIONS).toList();
          assertThat(sessions).allSatisfy(row -> assertThat(row[1]).isEqualTo("t"));
          assertThat(sessions).allSatisfy(row -> assertThat(row[2]).isEqualTo("TLSv1.3"));
          return sessions.size() >= nodesAndPods;
        });
    String connect = "psycopg2.connect(host='%s5', user='airflow', sslmode='disable')";
    Program plain = python("import psycopg2; " + connect.formatted(node.network()));
    assertThat(plain.err()).contains("no pg_hba.conf entry").contains("no encryption");
    assertThat(runs.ended("steady", "tls", LIMIT)).isEqualTo("success");
  }

  /** The server's certificate is for its address only, and that is what the release was told. */
  @Test
  @Order(6)
  void theDatabaseUnderANameThatIsNotInItsCertificateIsRefused() {
    String address = cluster.database().address();
    node.run("echo '" + address + " " + ANOTHER_NAME + "' >> /etc/hosts");
    assertThat(connected(address).out()).isEqualTo("verify-full TLSv1.3\n");
    Program refused = connected(ANOTHER_NAME);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(MISMATCH.formatted(address));
    String migrate = "timeout 30 /usr/lib/airflow/bin/python -I -m airflow_appliance.node migrate";
    Program waits = node.attempt(LIMIT, release(ANOTHER_NAME, migrate));
    assertThat(waits.code()).isEqualTo(TIMED_OUT);
    assertThat(waits.out() + waits.err())
        .contains(
            "waiting for database airflow at ",
            MISMATCH.formatted(address),
            "; an address has to be the certificate's common name");
  }

  /** With the release's own settings of the connection, but for the server's name. */
  private Program connected(String server) {
    String script =
        """
        import os, sqlalchemy
        engine = sqlalchemy.create_engine(os.environ['AIRFLOW__CORE__SQL_ALCHEMY_CONN'])
        found = engine.execute('SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
        print(engine.url.query['sslmode'], found.scalar())
        """;
    return node.attempt(
        LIMIT, release(server, "/usr/lib/airflow/bin/python -c \"" + script + "\""));
  }

  private String release(String server, String command) {
    return """
        set -a
        . /run/airflow/environment
        AIRFLOW_HOME=/etc/airflow
        AIRFLOW__CORE__SQL_ALCHEMY_CONN=$(echo "$AIRFLOW__CORE__SQL_ALCHEMY_CONN" | sed 's#@%s:#@%s:#')
        %s
        """
        .formatted(cluster.database().address(), server, command);
  }

  private Program python(String script) {
    return node.attempt(LIMIT, "/usr/lib/airflow/bin/python -c \"" + script + "\"");
  }

  @Test
  @Order(3)
  void cookiesAreForTlsOnly() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newBuilder()
            .sslContext(cluster.ca().trust())
            .build()
            .send(
                HttpRequest.newBuilder(URI.create(cluster.balancer().url() + "/login/")).build(),
                HttpResponse.BodyHandlers.ofString());
    List<String> cookies = answer.headers().allValues("Set-Cookie");
    assertThat(cookies)
        .isNotEmpty()
        .allSatisfy(
            cookie ->
                assertThat(cookie.split("; ?")).contains("Secure", "HttpOnly", "SameSite=Lax"));
  }

  @Test
  @Order(4)
  void nothingOlderThanTls12AndNothingPlain() {
    assertThat(handshake("TLSv1_1", "ALL").err()).contains("SSLError");
    // whatever the system's own lowest version is: no cipher is left that an older one knows
    assertThat(handshake("TLSv1_2", "ECDHE-ECDSA-AES128-SHA").err()).contains("SSLError");
    assertThat(handshake("TLSv1_2", "ALL").out()).isEqualTo("TLSv1.2\n");
    assertThat(handshake("TLSv1_3", "ALL").out()).isEqualTo("TLSv1.3\n");
    Program plain = curl("http://" + node.address() + ":" + PORT + "/health");
    assertThat(plain.out()).isEqualTo("000");
    assertThat(cluster.as("ada").get("/health").statusCode()).isEqualTo(200);
  }

  /** The version that a client agrees on with the node when it takes no other. */
  private Program handshake(String version, String ciphers) {
    return python(
        """
        import socket, ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers('%s:@SECLEVEL=0')
        context.minimum_version = context.maximum_version = ssl.TLSVersion.%s
        print(context.wrap_socket(socket.create_connection(('%s', %d))).version())
        """
            .formatted(ciphers, version, node.address(), PORT));
  }

  @Test
  @Order(5)
  void anUnknownCaIsToldByName() throws IOException {
    try (var script = TlsIT.class.getResourceAsStream("/wrong-ca.sh")) {
      node.place(
          "/root/wrong-ca.sh", new String(script.readAllBytes(), StandardCharsets.UTF_8), 0700);
    }
    String said = node.run("/root/wrong-ca.sh");
    String advice = "; name the CA that signed it as caFile in cluster.yaml";
    assertThat(said)
        .contains(
            "S3 at " + cluster.store().url() + " does not answer: its certificate is refused: ",
            advice + "\nwaiting: Kubernetes API " + cluster.kubernetes().url())
        .containsPattern(
            "waiting for database airflow at \\S+: .*certificate verify failed.*; name the CA that signed");
  }
}

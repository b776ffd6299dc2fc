package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLSocket;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.ServerKey;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Promise 9: certificates change while pages go on. */
@Order(25)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CertificatesIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration RENEWED = Duration.ofSeconds(20);
  private static final int PORT = 8080;

  private Cluster cluster;
  private SystemdNode node;

  @BeforeAll
  void cluster(Cluster cluster) {
    this.cluster = cluster;
    node = cluster.nodes().get(0);
  }

  @Test
  @Order(1)
  void aRenewedCertificateIsTakenUpWhileRequestsGoOn() throws IOException {
    ServerKey renewed = cluster.ca().issue("Airflow", address());
    try (Outage one = new Outage(cluster);
        Outage another = new Outage(cluster)) {
      long begun = System.nanoTime();
      CompletableFuture.allOf(
              cluster.nodes().stream()
                  .map(each -> CompletableFuture.runAsync(() -> renew(each, renewed), inAThread()))
                  .toArray(CompletableFuture[]::new))
          .join();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Pace.here(LIMIT));
      assertThat(one.failed() + another.failed()).isZero();
      assertThat(one.answered()).isGreaterThan(10);
    }
  }

  /** On all nodes at once, as whoever distributes files does it. */
  private void renew(SystemdNode each, ServerKey renewed) {
    String before = number(each);
    place(each, "airflow.pem", renewed.certificate());
    untilStatus(each, "airflow.key: is not the key of the certificate in ");
    assertThat(number(each)).isEqualTo(before);
    place(each, "airflow.key", renewed.key());
    Duration took =
        each.until("it is served", RENEWED, () -> number(each), renewed.number()::equals);
    cluster.report().time("a certificate's second file is written -> it is served", took);
  }

  private static Executor inAThread() {
    return work -> new Thread(work, "renewal").start();
  }

  @Test
  @Order(2)
  void whatIsWrongWithACertificateStandsInTheUnitsStatus() throws IOException {
    ServerKey expired = cluster.ca().issueExpired("expired", address());
    install(node, expired);
    untilStatus(node, "/etc/pki/tls/certs/airflow.pem: expired on ");
    node.run("chmod 0600 /etc/pki/tls/private/airflow.key");
    node.run("systemctl restart --no-block airflow-webserver");
    untilStatus(node, "waiting: /etc/pki/tls/private/airflow.key: user airflow may not read it");
    node.run("rm /etc/pki/tls/certs/airflow.pem");
    untilStatus(
        node, "waiting: /etc/pki/tls/certs/airflow.pem: does not exist; put the certificate");
    install(node, cluster.ca().issue("Airflow", address()));
    Cluster.working(node);
    assertThat(node.status("airflow-webserver")).matches(".*/health answers 200( slowly)?");
    cluster.until(
        "the balancer uses " + node.name() + " again",
        LIMIT,
        () -> "UP".equals(cluster.balancer().nodes().get(node.name())));
  }

  /** The balancer passes TLS on, so that the certificate is for its address. */
  private String address() {
    return URI.create(cluster.balancer().url()).getHost();
  }

  private static void install(SystemdNode node, ServerKey pair) {
    place(node, "airflow.pem", pair.certificate());
    place(node, "airflow.key", pair.key());
  }

  /** As the README says it. */
  private static void place(SystemdNode node, String file, String text) {
    node.place("/root/" + file, text, 0600);
    String line =
        file.endsWith(".key")
            ? "install -D -m 0640 -g airflow /root/%s /etc/pki/tls/private/%s"
            : "install -D -m 0644 /root/%s /etc/pki/tls/certs/%s";
    node.run(line.formatted(file, file));
  }

  private static void untilStatus(SystemdNode node, String wanted) {
    node.until(
        "its status says what is wrong",
        LIMIT,
        () -> node.status("airflow-webserver"),
        text -> text.contains(wanted));
  }

  /** The number of the certificate that a node serves. */
  private String number(SystemdNode node) {
    try (SSLSocket socket =
        (SSLSocket) cluster.ca().trust().getSocketFactory().createSocket(node.address(), PORT)) {
      socket.startHandshake();
      BigInteger number =
          ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
      return number.toString();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}

package org.airflowappliance.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster;
import org.junit.jupiter.api.Test;

class ApiDifferencesTest {
  private static final Path RESOURCES = Path.of("src/test/resources/org/airflowappliance");

  private final String pem = read();

  private static String read() {
    try {
      return Files.readString(RESOURCES.resolve("cluster/site-ca.pem"));
    } catch (IOException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static List<String> differences(
      String api, Optional<String> ca, String foundApi, String foundCa) {
    return differences(api, ca, Optional.empty(), foundApi, foundCa);
  }

  private static List<String> differences(
      String api, Optional<String> ca, Optional<String> site, String foundApi, String foundCa) {
    return ApiDifferences.of(
        new Cluster.Kubernetes(
            URI.create(api),
            ca.map(text -> new Cluster.CaFile("kubernetes-ca.pem", text)),
            "airflow",
            "1.29",
            Cluster.DagDelivery.S3FS),
        site.map(text -> new Cluster.CaFile("site-ca.pem", text)),
        new SchedulerToken(foundApi, "secret-token", foundCa));
  }

  @Test
  void theSameServerAndCaGiveNone() {
    String text = "# a comment\n" + pem.replace("\n", "\r\n") + pem;
    assertThat(differences("https://k8s:443/", Optional.of(text), "https://k8s", pem)).isEmpty();
    assertThat(differences("https://k8s", Optional.empty(), "https://k8s:443", "")).isEmpty();
  }

  @Test
  void anotherServerAndNoCaAreNamed() {
    assertThat(differences("https://k8s:6443", Optional.empty(), "https://10.0.0.1:6443", pem))
        .hasSize(2)
        .anyMatch(line -> line.startsWith("kubernetes.api: 'https://k8s:6443' in cluster.yaml"))
        .anyMatch(line -> line.startsWith("kubernetes.ca: not in cluster.yaml"))
        .noneMatch(line -> line.contains("secret-token"));
  }

  @Test
  void theSitesFileMayHoldItsCa() {
    Optional<String> none = Optional.empty();
    assertThat(differences("https://k8s", none, Optional.of(pem), "https://k8s", pem)).isEmpty();
    assertThat(differences("https://k8s", none, Optional.of(""), "https://k8s", pem))
        .singleElement()
        .asString()
        .contains("or add it to caFile");
  }

  @Test
  void anotherCaIsNamed() {
    assertThat(differences("https://k8s", Optional.of(""), "https://k8s", pem))
        .singleElement()
        .asString()
        .startsWith("kubernetes.ca: 'kubernetes-ca.pem' is another CA");
  }
}

package org.airflowappliance.it.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.airflowappliance.template.Template;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The site's Kubernetes does what the worker pods need of one. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("cluster")
class KubernetesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static SiteNetwork network;
  private static Kubernetes kubernetes;
  private static KubernetesClient client;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    network = SiteNetwork.make();
    kubernetes =
        new Kubernetes(
            network, network.address(Site.KUBERNETES), network.address(Site.REGISTRY) + ":5000");
    kubernetes.start();
    Path archive = folder.resolve("probe.tar");
    try (InputStream image = Docker.client().saveImageCmd(image()).exec()) {
      Files.copy(image, archive);
    }
    kubernetes.load(archive);
    client = kubernetes.client();
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (kubernetes != null) {
      kubernetes.stop();
    }
    network.close();
  }

  private static String image() {
    return TestImage.PROBE.reference().asCanonicalNameString();
  }

  @Test
  void theNodeIsReadyAndHasTheGivenAddress() {
    assertThat(client.nodes().list().getItems())
        .singleElement()
        .satisfies(
            node -> {
              assertThat(node.getStatus().getConditions())
                  .anyMatch(
                      each -> each.getType().equals("Ready") && each.getStatus().equals("True"));
              assertThat(node.getStatus().getAddresses())
                  .anyMatch(each -> each.getAddress().equals(network.address(Site.KUBERNETES)));
            });
    assertThat(client.getKubernetesVersion().getMinor()).isEqualTo("33");
  }

  @Test
  void aTaskReadsWhatItsSidecarMountedAndEndsTheSidecar() throws IOException {
    create("sidecar.yaml");
    Waiting.until(
        "the pod ends with its task",
        LIMIT,
        () -> pod("task").getStatus().getPhase(),
        "Succeeded"::equals,
        kubernetes::diagnosis);
    assertThat(client.pods().inNamespace("default").withName("task").inContainer("base").getLog())
        .isEqualTo("through-fuse\n");
  }

  @Test
  void aPolicyLetsInWhomItNamesAndNobodyElse() throws IOException {
    create("web.yaml");
    for (String name : new String[] {"web", "friend", "stranger"}) {
      client.pods().inNamespace("default").withName(name).waitUntilReady(60, TimeUnit.SECONDS);
    }
    String web = pod("web").getStatus().getPodIP();
    assertThat(reaches("friend", web, 8080)).isTrue();
    assertThat(reaches("stranger", web, 8080)).isTrue();
    create("policy.yaml");
    Waiting.until(
        "the stranger is kept out",
        LIMIT,
        () -> reaches("stranger", web, 8080),
        reached -> !reached,
        kubernetes::diagnosis);
    assertThat(reaches("friend", web, 8080)).isTrue();
    assertThat(reaches("friend", "10.43.0.1", 443)).as("the API server's service").isTrue();
    assertThat(reaches("friend", "192.0.2.1", 80)).as("an address elsewhere").isFalse();
  }

  private static void create(String file) throws IOException {
    try (InputStream stream = KubernetesIT.class.getResourceAsStream("/kubernetes/" + file)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      String filled = new Template(file, text).fill(Map.of("image", image()));
      client
          .load(new ByteArrayInputStream(filled.getBytes(StandardCharsets.UTF_8)))
          .inNamespace("default")
          .create();
    }
  }

  private static Pod pod(String name) {
    return client.pods().inNamespace("default").withName(name).get();
  }

  private static boolean reaches(String pod, String host, int port) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String script = "nc -w 3 " + host + " " + port + " </dev/null >/dev/null 2>&1; echo $?";
    try (ExecWatch running =
        client
            .pods()
            .inNamespace("default")
            .withName(pod)
            .writingOutput(said)
            .exec("sh", "-c", script)) {
      running.exitCode().get(20, TimeUnit.SECONDS);
      return said.toString(StandardCharsets.UTF_8).strip().equals("0");
    } catch (Exception problem) {
      throw new IllegalStateException(problem);
    }
  }
}

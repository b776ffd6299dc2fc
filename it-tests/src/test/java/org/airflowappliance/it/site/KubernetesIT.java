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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The site's Kubernetes does what the worker pods need of one. */
@Order(1)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Kubernetes kubernetes;
  private KubernetesClient client;

  @BeforeAll
  void load(Cluster cluster, @TempDir Path folder) throws IOException {
    kubernetes = cluster.kubernetes();
    client = cluster.client();
    Path archive = folder.resolve("probe.tar");
    try (InputStream image = Docker.client().saveImageCmd(image()).exec()) {
      Files.copy(image, archive);
    }
    kubernetes.load(archive);
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
                  .anyMatch(each -> each.getAddress().equals(kubernetes.getHost()));
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
  void aPolicyLetsInWhomItNamesAndNobodyReachesAnythingElsewhere()
      throws IOException, InterruptedException {
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
    try (Elsewhere elsewhere = new Elsewhere()) {
      assertThat(elsewhere.isReachedByOthers()).isTrue();
      assertThat(reaches("friend", elsewhere.host(), elsewhere.port())).isFalse();
    }
  }

  private void create(String file) throws IOException {
    try (InputStream stream = KubernetesIT.class.getResourceAsStream("/kubernetes/" + file)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      String filled = new Template(file, text).fill(Map.of("image", image()));
      client
          .load(new ByteArrayInputStream(filled.getBytes(StandardCharsets.UTF_8)))
          .inNamespace("default")
          .create();
    }
  }

  private Pod pod(String name) {
    return client.pods().inNamespace("default").withName(name).get();
  }

  private boolean reaches(String pod, String host, int port) {
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

package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.Instance;
import org.airflowappliance.plan.PackedDefinitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which CA the node's programs are told to trust. */
class RenderedFilesTest {
  private static final Path PEM =
      Path.of("src/test/resources/org/airflowappliance/cluster/site-ca.pem");
  private static final String BUNDLE = "/run/airflow/ca-bundle.pem";

  @TempDir Path folder;

  @Test
  void theClustersCaReachesEveryServer() throws IOException {
    Map<String, String> files = rendered("\ncaFile: site-ca.pem\n");
    JsonNode settings = new ObjectMapper().readTree(files.get("settings.json"));

    assertThat(settings.at("/caFile").asText()).isEqualTo("/etc/airflow/ca/cluster.pem");
    assertThat(
            List.of(
                settings.at("/ca").asText(),
                settings.at("/database/ca").asText(),
                settings.at("/kubernetes/ca").asText()))
        .containsOnly(BUNDLE);
    assertThat(files.get("ca/cluster.pem")).isEqualTo(Files.readString(PEM));
  }

  @Test
  void aServersOwnCaWins() throws IOException {
    String own = "namespace: airflow\n  ca: site-ca.pem\n";
    JsonNode settings =
        new ObjectMapper()
            .readTree(
                rendered("\ncaFile: site-ca.pem\n", "namespace: airflow\n", own)
                    .get("settings.json"));

    assertThat(settings.at("/kubernetes/ca").asText()).isEqualTo("/etc/airflow/ca/kubernetes.pem");
    assertThat(settings.at("/database/ca").asText()).isEqualTo(BUNDLE);
  }

  @Test
  void withoutACaTheSystemsOwnAreUsed() throws IOException {
    JsonNode settings = new ObjectMapper().readTree(rendered("").get("settings.json"));

    assertThat(settings.at("/ca").isNull()).isTrue();
    assertThat(settings.at("/database/ca").isNull()).isTrue();
  }

  private Map<String, String> rendered(String more) throws IOException {
    return rendered(more, "", "");
  }

  private Map<String, String> rendered(String more, String old, String fresh) throws IOException {
    Files.copy(PEM, folder.resolve("site-ca.pem"));
    String example = Files.readString(Path.of("examples/homelab.yaml"));
    Path file = folder.resolve("cluster.yaml");
    Files.writeString(file, (old.isEmpty() ? example : example.replace(old, fresh)) + more);
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    Cluster cluster = ClusterYaml.read(file, AirflowLines.versions(definitions));
    return RenderedFiles.of(
        new Blueprint(cluster, definitions, AirflowLines.read(definitions, "2.2.5"), Instant.EPOCH),
        Instance.MAIN);
  }
}

package org.airflowappliance.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import org.airflowappliance.template.IllegalDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesYamlTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: one}
      spec:
        initContainers:
          - {name: s3fs, restartPolicy: Always, startupProbe: {periodSeconds: 1}}
        containers:
          - name: base
            securityContext: {runAsUser: 1, seccompProfile: {type: RuntimeDefault}}
            resources: {limits: {cpu: "2"}}
        volumes: [{name: s3, emptyDir: {}}]
      """;

  @Test
  void whatIsReadIsWritten() {
    List<HasMetadata> read = KubernetesYaml.read("one.yaml", POD);
    String written = KubernetesYaml.write(read);
    assertThat(KubernetesYaml.read("written", written)).isEqualTo(read);
    assertThat(written).contains("restartPolicy: Always", "emptyDir: {}", "cpu: '2'");
  }

  @ParameterizedTest
  @CsvSource({
    "restartPolicy: Always, restartPolice: Always, spec.initContainers[0].restartPolice",
    "runAsUser, runasUser, spec.containers[0].securityContext.runasUser",
    "type: RuntimeDefault, typ: RuntimeDefault, spec.containers[0].securityContext.seccompProfile.typ",
    "emptyDir, emptydir, spec.volumes[0].emptydir",
    "metadata:, metdata:, metdata",
    "volumes:, volume:, spec.volume"
  })
  void aMisspeltFieldIsRefusedByItsPlace(String right, String wrong, String place) {
    assertThatThrownBy(() -> KubernetesYaml.read("one.yaml", POD.replace(right, wrong)))
        .isInstanceOf(IllegalDefinition.class)
        .hasMessageStartingWith("one.yaml: v1 Pod: " + place + ": ")
        .hasMessageContaining("Unrecognized field");
  }

  @Test
  void aValueOfAnotherTypeIsRefused() {
    assertThatThrownBy(
            () -> KubernetesYaml.read("one.yaml", POD.replace("runAsUser: 1", "runAsUser: root")))
        .hasMessageStartingWith("one.yaml: v1 Pod: spec.containers[0].securityContext.runAsUser: ");
  }

  @Test
  void anUnknownKindAndAKeyTwiceAreRefused() {
    assertThatThrownBy(() -> KubernetesYaml.read("one.yaml", POD.replace("Pod", "Pood")))
        .isInstanceOf(IllegalDefinition.class)
        .hasMessageStartingWith("one.yaml: 'v1 Pood' is not a kind that is known here: [");
    assertThatThrownBy(() -> KubernetesYaml.read("one.yaml", POD + "spec: {}\n"))
        .isInstanceOf(IllegalDefinition.class)
        .hasMessageStartingWith("one.yaml: ")
        .hasMessageContaining("duplicate key spec");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "1.5",
        "0x1F",
        "1e3",
        "012",
        "12:30",
        "2022-04-06",
        "yes",
        "Off",
        "y",
        "true",
        "null",
        "~",
        ".5",
        "=",
        "1_000",
        ""
      })
  void whatAnyReaderTakesForSomethingElseIsQuoted(String text) {
    assertThat(written(text)).endsWith("  key: '" + text + "'\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4Gi", "airflow", "yes please", "http://192.168.11.4:9000", "a=b"})
  void otherTextsAreNot(String text) {
    assertThat(written(text)).endsWith("  key: " + text + "\n");
  }

  @Test
  void aFileIsReadable() {
    assertThat(written("[core]\nexecutor = LocalExecutor\n"))
        .endsWith("  key: |\n    [core]\n    executor = LocalExecutor\n");
  }

  private static String written(String text) {
    ConfigMap map = new ConfigMapBuilder().withData(Map.of("key", text)).build();
    return KubernetesYaml.write(List.of(map));
  }
}

package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.PackedDefinitions;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.release.Keys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package can carry an earlier artifact as one of its files. */
class CarriedArtifactTest {
  private static final ReleasePath TEMPLATE = new ReleasePath("manifests/pod_template.yaml");
  private static final String FILE = "/etc/airflow/pod_template.yaml";

  @TempDir Path folder;

  @Test
  void theClustersPackageCarriesThePodTemplateOfTheRelease() throws IOException {
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    Blueprint blueprint =
        new Blueprint(
            ClusterYaml.example(List.of("2.2.5")),
            definitions,
            AirflowLines.read(definitions, "2.2.5"),
            Instant.EPOCH);
    Artifact rpm =
        new Rpms()
            .plan(blueprint, List.of()).stream()
                .filter(each -> each.path().value().contains("airflow-cluster"))
                .findFirst()
                .orElseThrow();
    assertThat(rpm.inputs()).containsExactly(TEMPLATE);

    FolderWorkbench bench = new FolderWorkbench(folder, Instant.EPOCH, Keys.signer());
    Files.createDirectories(bench.built(TEMPLATE).getParent());
    Files.writeString(bench.built(TEMPLATE), "kind: Pod\n");
    Path written = bench.write(rpm);

    assertThat(RpmContents.read(written, Set.of(FILE)).get(FILE))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("kind: Pod\n");
    assertThat(RpmHeader.read(written).files())
        .filteredOn(each -> each.path().equals(FILE))
        .singleElement()
        .satisfies(each -> assertThat(each.config()).isTrue())
        .satisfies(each -> assertThat(each.mode() & 07777).isEqualTo(0640))
        .satisfies(each -> assertThat(each.group()).isEqualTo("users"));
  }
}

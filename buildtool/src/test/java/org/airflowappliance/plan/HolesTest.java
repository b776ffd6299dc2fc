package org.airflowappliance.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.template.Template;
import org.junit.jupiter.api.Test;

class HolesTest {
  /** Values that only later definitions (kickstart) use, and those that a file may use. */
  private static final Set<String> SPARE =
      Set.of(
          "database.host",
          "database.name",
          "database.port",
          "database.sslmode",
          "database.user",
          "images.registry",
          "kubernetes.api",
          "kubernetes.minimumVersion",
          "oidc.client",
          "oidc.issuer",
          "oidc.serverUrl");

  @Test
  void everyHoleOfTheDefinitionsHasAValueAndEveryValueAHole() {
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    AirflowLine line = AirflowLines.read(definitions, "2.2.5");
    Set<String> used = new TreeSet<>();
    for (String file : definitions.files("rpm")) {
      if (!file.contains("/tests/") && !file.contains("/lines/")) {
        used.addAll(new Template(file, definitions.text(file)).names());
      }
    }
    Blueprint blueprint =
        new Blueprint(
            ClusterYaml.example(AirflowLines.versions(definitions)),
            definitions,
            line,
            Instant.EPOCH);
    Set<String> known = new TreeSet<>(Holes.of(blueprint).keySet());
    assertThat(known).containsAll(used);
    for (String file : definitions.files("manifests")) {
      // these have values of their own besides, which their section knows
      used.addAll(new Template(file, definitions.text(file)).names());
    }
    known.removeAll(SPARE);
    assertThat(used).containsAll(known);
  }
}

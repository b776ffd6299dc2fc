package org.airflowappliance.keycloak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PackedDefinitions;

/** What clusters like the example ask of a realm. */
final class Fragments {
  private Fragments() {}

  /** The example. */
  static RealmFragment example() {
    return RealmFragment.of(blueprint("{}"));
  }

  /** The example with machines, written as in YAML. */
  static RealmFragment machines(String machines) {
    return RealmFragment.of(blueprint(machines));
  }

  static Blueprint blueprint(String machines) {
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    String text = ClusterYaml.exampleText().replace("machines: {}", "machines: " + machines);
    return new Blueprint(
        ClusterYaml.read("homelab.yaml", text.getBytes(UTF_8), Path.of("."), List.of("2.2.5")),
        definitions,
        AirflowLines.read(definitions, "2.2.5"),
        Instant.EPOCH);
  }
}

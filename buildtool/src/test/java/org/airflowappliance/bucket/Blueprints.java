package org.airflowappliance.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PackedDefinitions;

/** Clusters like the example. */
final class Blueprints {
  private static final String TENANT =
      "\n  - {name: %s, roles: {%1$s_user: User}, quota: {cpu: 4, memory: 8Gi, pods: 4}%s}";

  /** Two tenants of which one begins as the other does, the second in a folder of another name. */
  static final String TWO =
      TENANT.formatted("sci", "") + TENANT.formatted("sci-two", ", dagPrefix: teams/two");

  private Blueprints() {}

  /** Without tenants. */
  static Blueprint example() {
    return of("http://192.168.11.4:9000", " []");
  }

  /** With the object store at another address and tenants, written as in YAML. */
  static Blueprint of(String endpoint, String tenants) {
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    String text =
        ClusterYaml.exampleText()
            .replace("http://192.168.11.4:9000", endpoint)
            .replace("tenants: []", "tenants:" + tenants);
    return new Blueprint(
        ClusterYaml.read("homelab.yaml", text.getBytes(UTF_8), Path.of("."), List.of("2.2.5")),
        definitions,
        AirflowLines.read(definitions, "2.2.5"),
        Instant.EPOCH);
  }
}

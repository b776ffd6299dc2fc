package org.airflowappliance.sbom;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.airflowappliance.debian.DebianRecords;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.Workbench;

/** What others made and an artifact carries. */
final class Components {
  private Components() {}

  /** All of it, sorted. */
  static TreeSet<Component> of(Materials materials, Workbench workbench) throws IOException {
    TreeSet<Component> all = new TreeSet<>();
    if (materials.debian().isPresent()) {
      Materials.Debian debian = materials.debian().get();
      Path records = workbench.derived(new DebianRecords(debian.packages()));
      all.addAll(DebianComponents.of(debian, records));
    }
    all.addAll(PythonComponents.of(materials.trees(), workbench));
    materials.base().ifPresent(base -> all.add(base(base)));
    return all;
  }

  private static Component base(String reference) {
    String repository = reference.replaceFirst("@.*", "").replaceFirst(":[^:/]*$", "");
    String name = repository.replaceFirst(".*/", "");
    String digest = reference.replaceFirst(".*@", "");
    return new Component(
        Purl.of("oci", "", name, digest, Map.of("repository_url", repository)),
        name,
        digest,
        "",
        List.of(),
        List.of());
  }
}

package org.airflowappliance.sbom;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.Section;

/**
 * Plans a bill of materials of each RPM and image, and one of all together, in two formats, and the
 * list for people of whose work is in the release.
 */
public final class Sboms implements Section {
  static final String RPM = "rpm";
  private static final Set<String> ONE_EACH = Set.of(RPM, "image");

  @Override
  public String name() {
    return "sbom";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    List<Materials.Composed> composed =
        earlier.stream()
            .filter(Materials.Composed.class::isInstance)
            .map(Materials.Composed.class::cast)
            .toList();
    List<Artifact> planned = new ArrayList<>();
    if (composed.isEmpty()) {
      return planned;
    }
    for (Format format : Format.values()) {
      for (Materials.Composed each : composed) {
        if (ONE_EACH.contains(each.kind())) {
          planned.add(new Sbom(format, List.of(each), false, blueprint));
        }
      }
      planned.add(new Sbom(format, composed, true, blueprint));
    }
    planned.add(new ThirdParty(composed));
    return planned;
  }
}

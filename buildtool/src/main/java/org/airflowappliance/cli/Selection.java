package org.airflowappliance.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.airflowappliance.Appliance;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;

/**
 * The part of a plan that {@code --only} names: those sections, those whose files they read, and
 * the index.
 */
final class Selection {
  private static final List<String> ALWAYS = List.of("index", "checksums");

  private Selection() {}

  static Plan of(Plan whole, List<String> only, Blueprint blueprint) {
    if (only.isEmpty()) {
      return whole;
    }
    refuseUnknown(only);
    Set<String> wanted = withInputs(only, blueprint);
    wanted.addAll(ALWAYS);
    List<Artifact> chosen = new ArrayList<>();
    for (Section section : Appliance.sections()) {
      if (wanted.contains(section.name())) {
        chosen.addAll(section.plan(blueprint, List.copyOf(chosen)));
      }
    }
    return new Plan(chosen);
  }

  private static void refuseUnknown(List<String> only) {
    TreeSet<String> unknown = new TreeSet<>(only);
    TreeSet<String> known = new TreeSet<>();
    Appliance.sections().forEach(section -> known.add(section.name()));
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new UserError(
          "--only: there is no section "
              + String.join(", ", unknown)
              + "; known are "
              + String.join(", ", known));
    }
  }

  /** From the last section to the first, since inputs are always planned before. */
  private static Set<String> withInputs(List<String> only, Blueprint blueprint) {
    Map<ReleasePath, String> sections = new HashMap<>();
    List<Artifact> all = new ArrayList<>();
    for (Section section : Appliance.sections()) {
      List<Artifact> planned = section.plan(blueprint, List.copyOf(all));
      planned.forEach(artifact -> sections.put(artifact.path(), section.name()));
      all.addAll(planned);
    }
    Set<String> wanted = new TreeSet<>(only);
    for (int last = all.size() - 1; last >= 0; last--) {
      if (wanted.contains(sections.get(all.get(last).path()))) {
        all.get(last).inputs().forEach(input -> wanted.add(sections.get(input)));
      }
    }
    return wanted;
  }
}

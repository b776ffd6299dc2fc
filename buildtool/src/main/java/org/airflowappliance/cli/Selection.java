package org.airflowappliance.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.airflowappliance.Appliance;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.plan.Section;

/**
 * The part of a plan that {@code --only} names: those sections, those before them that they read,
 * and the index.
 */
final class Selection {
  private static final List<String> ALWAYS = List.of("index", "checksums");

  private Selection() {}

  static Plan of(Plan whole, List<String> only, Blueprint blueprint) {
    if (only.isEmpty()) {
      return whole;
    }
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
    List<Artifact> chosen = new ArrayList<>();
    for (Section section : Appliance.sections()) {
      boolean wanted = only.contains(section.name()) || ALWAYS.contains(section.name());
      boolean read = section.name().equals("rpm") && only.contains("repository");
      if (wanted || read) {
        chosen.addAll(section.plan(blueprint, List.copyOf(chosen)));
      }
    }
    return new Plan(chosen);
  }
}

package org.airflowappliance.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every file of a release in build order; the order itself shows that no input is missing or
 * circular.
 *
 * @param artifacts in build order
 */
public record Plan(List<Artifact> artifacts) {
  public Plan {
    Map<ReleasePath, Artifact> known = new LinkedHashMap<>();
    for (Artifact artifact : artifacts) {
      for (ReleasePath input : artifact.inputs()) {
        if (!known.containsKey(input)) {
          throw new IllegalArgumentException(
              artifact.path() + ": its input " + input + " is not planned before it");
        }
      }
      if (known.put(artifact.path(), artifact) != null) {
        throw new IllegalArgumentException(artifact.path() + ": two artifacts have this path");
      }
    }
    artifacts = List.copyOf(artifacts);
  }

  /** Asks each section in turn. */
  public static Plan of(Blueprint blueprint, List<Section> sections) {
    List<Artifact> all = new ArrayList<>();
    for (Section section : sections) {
      all.addAll(section.plan(blueprint, List.copyOf(all)));
    }
    return new Plan(all);
  }
}

package org.airflowappliance.keycloak;

import java.util.ArrayList;
import java.util.List;

/**
 * What would make a realm the one that cluster.yaml asks for.
 *
 * @param changes in the order in which they are made
 */
public record RealmPlan(List<Change> changes) {
  public RealmPlan {
    changes = List.copyOf(changes);
  }

  /** How people read it, a line each. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    changes.forEach(change -> lines.addAll(change.lines()));
    if (made() == 0) {
      lines.add("= nothing to change");
    }
    return lines;
  }

  /** How many changes are to be made; others are only told. */
  public long made() {
    return changes.stream().filter(change -> !change.isToldOnly()).count();
  }
}

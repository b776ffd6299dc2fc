package org.airflowappliance.plan;

import java.util.List;

/**
 * One kind of artifact: plans its files from the blueprint and from what earlier sections planned.
 */
public interface Section {
  /** Name for {@code --only}. */
  String name();

  /** The section's artifacts, in build order; pure, without input or output. */
  List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier);
}

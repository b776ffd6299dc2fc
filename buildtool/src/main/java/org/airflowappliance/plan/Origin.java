package org.airflowappliance.plan;

import java.util.Optional;

/**
 * Where a release comes from, for its provenance: nothing else in it depends on this.
 *
 * @param clusterFile SHA-256 of cluster.yaml, hexadecimal; empty when it was not told
 * @param commit the commit of the sources, hexadecimal; empty when it was not told
 * @param tool the tool's version
 */
public record Origin(String clusterFile, Optional<String> commit, String tool) {
  /** Nothing is known. */
  public static final Origin UNTOLD = new Origin("", Optional.empty(), "");
}

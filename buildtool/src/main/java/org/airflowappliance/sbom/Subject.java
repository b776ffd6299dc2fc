package org.airflowappliance.sbom;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a bill of materials is of.
 *
 * @param purl of an RPM or an image; none of a release
 * @param name of the artifact
 * @param version of the artifact
 * @param file its path in the release; empty for the release itself
 * @param sha256 of that file; empty for the release itself
 * @param made the one time of the release
 * @param components what it holds, sorted
 */
record Subject(
    Optional<String> purl,
    String name,
    String version,
    String file,
    String sha256,
    Instant made,
    List<Component> components) {
  Subject {
    components = List.copyOf(components);
  }

  /** What no other bill is of: the file's bytes, or all that is in the release. */
  String identity() {
    return name + " " + version + " " + (sha256.isEmpty() ? components : sha256);
  }
}

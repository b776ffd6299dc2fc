package org.airflowappliance.sbom;

import java.util.List;

/**
 * A package that somebody else made.
 *
 * @param purl by which scanners and advisories know it
 * @param name as its own ecosystem writes it
 * @param version as its own ecosystem writes it
 * @param sha256 of the file that it came in; empty where there is none
 * @param licences as the package itself says them
 * @param texts where these stand in what carries the package: absolute paths, or the release's
 */
record Component(
    String purl,
    String name,
    String version,
    String sha256,
    List<String> licences,
    List<String> texts)
    implements Comparable<Component> {
  Component {
    licences = List.copyOf(licences);
    texts = List.copyOf(texts);
  }

  @Override
  public int compareTo(Component other) {
    return purl.compareTo(other.purl);
  }
}

package org.airflowappliance.publish;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mirror list of a place: which release is the current one.
 *
 * @param cluster whose releases are published there
 * @param edition the current one
 * @param url where nodes find the place
 */
record Pointer(String cluster, Edition edition, String url) {
  private static final Pattern TEXT =
      Pattern.compile(
          "# Cluster (\\S+), release [0-9]+:[^\\n]*\\n(\\S+)/" + Layout.RELEASES + "(\\S+)/rpm\\n");

  /** What a mirror list that was published says; none for another one. */
  static Optional<Pointer> read(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    return Edition.named(parts.group(3))
        .map(edition -> new Pointer(parts.group(1), edition, parts.group(2)));
  }

  /** From a release's own list, which names the release's folder as the place. */
  static Pointer to(Publishable release, String own) {
    String url =
        own.lines()
            .filter(line -> line.endsWith("/rpm") && !line.startsWith("#"))
            .findFirst()
            .orElseThrow(
                () ->
                    new PublishProblem(
                        release.folder()
                            + "/"
                            + Layout.MIRRORS
                            + ": names no address that ends with /rpm; build the release again"));
    return new Pointer(
        release.cluster(), release.edition(), url.substring(0, url.length() - "/rpm".length()));
  }

  /** The file's text. */
  String text() {
    return "# Cluster %s, release %d: where dnf finds the packages.%n%s/%srpm%n"
        .formatted(cluster, edition.serial(), url, edition.folder())
        .replace(System.lineSeparator(), "\n");
  }
}

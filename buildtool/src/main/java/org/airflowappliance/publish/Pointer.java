package org.airflowappliance.publish;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mirror list of a place: which release is the current one. The one before is the second
 * mirror: who has read its metadata still finds its packages, which dnf asks for at the mirrors of
 * this minute.
 *
 * @param cluster whose releases are published there
 * @param edition the current one
 * @param before the one before, while it is there
 * @param url where nodes find the place
 */
record Pointer(String cluster, Edition edition, Optional<Edition> before, String url) {
  private static final Pattern TEXT =
      Pattern.compile(
          "# Cluster (\\S+), release [0-9]+:[^\\n]*\\n(\\S+)/%1$s(\\S+)/rpm\\n(?:\\2/%1$s(\\S+)/rpm\\n)?"
              .formatted(Layout.RELEASES));
  private static final String FOLDER = "/rpm";

  /** What a mirror list that was published says; none for another one. */
  static Optional<Pointer> read(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Optional<Edition> before = Optional.ofNullable(parts.group(4)).flatMap(Edition::named);
    return Edition.named(parts.group(3))
        .map(edition -> new Pointer(parts.group(1), edition, before, parts.group(2)))
        // not another spelling of it, either
        .filter(pointer -> pointer.text().equals(text));
  }

  /**
   * The list of a place from a release's own, which names the release's folder as the place.
   *
   * @param own text of the release's list
   * @return with none before; none when that names no address
   */
  static Optional<Pointer> of(String cluster, Edition edition, String own) {
    return own.lines()
        .filter(line -> line.endsWith(FOLDER) && !line.startsWith("#"))
        .map(line -> line.substring(0, line.length() - FOLDER.length()))
        .findFirst()
        .map(url -> new Pointer(cluster, edition, Optional.empty(), url));
  }

  /** The same with another one before. */
  Pointer after(Optional<Edition> former) {
    return new Pointer(cluster, edition, former, url);
  }

  /** The file's text. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            "# Cluster %s, release %d: where dnf finds the packages.\n"
                .formatted(cluster, edition.serial()));
    text.append(line(edition));
    before.ifPresent(each -> text.append(line(each)));
    return text.toString();
  }

  private String line(Edition each) {
    return url + "/" + each.folder() + "rpm\n";
  }
}

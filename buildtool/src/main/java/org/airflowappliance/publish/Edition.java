package org.airflowappliance.publish;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release as a published one is known by.
 *
 * @param serial the release's number
 * @param digest the first digits of its list's SHA-256
 */
record Edition(int serial, String digest) implements Comparable<Edition> {
  private static final int DIGITS = 12;
  private static final Pattern NAME =
      Pattern.compile("([0-9]{1,10})-([0-9a-f]{%d})".formatted(DIGITS));

  /** The one of a folder below {@link Layout#RELEASES}; none when it is no release's. */
  static Optional<Edition> named(String folder) {
    Matcher name = NAME.matcher(folder);
    if (!name.matches() || Long.parseLong(name.group(1)) > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    return Optional.of(new Edition(Integer.parseInt(name.group(1)), name.group(2)));
  }

  /**
   * A release's.
   *
   * @param sums SHA-256 of its list of checksums
   */
  static Edition of(int serial, String sums) {
    return new Edition(serial, sums.substring(0, DIGITS));
  }

  /** Its folder, with a slash at the end. */
  String folder() {
    return Layout.RELEASES + this + "/";
  }

  @Override
  public int compareTo(Edition other) {
    return Comparator.comparingInt(Edition::serial)
        .thenComparing(Edition::digest)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return serial + "-" + digest;
  }
}

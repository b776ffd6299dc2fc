package org.airflowappliance.publish;

/**
 * Where things are in a place that releases are published to. Each release has a folder of its own,
 * which never changes; one small file, the mirror list, says which of them dnf takes. So who reads
 * meanwhile reads one release or the other, and to publish is to replace that file.
 */
final class Layout {
  /** The folder of the releases' folders. */
  static final String RELEASES = "releases/";

  /** What dnf asks where the packages are: the current release. */
  static final String MIRRORS = "rpm/mirrorlist";

  private Layout() {}

  /**
   * Whether a file of a release is also found at the place's root, by an address that stays: what
   * stands in a .repo file, a boot menu or a machine's firmware.
   */
  static boolean isLasting(String path) {
    return path.matches("rpm/[^/]+\\.repo|rpm/RPM-GPG-KEY-[^/]+|(kickstart|pxe)/.+");
  }
}

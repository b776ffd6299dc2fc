package org.airflowappliance.diff;

import java.util.ArrayList;
import java.util.List;

/**
 * A file in a package or a layer, as far as it is compared.
 *
 * @param mode type and permission bits
 * @param flags rpm's bits; 0 in a layer
 * @param size bytes
 * @param owner {@code USER:GROUP}, names or numbers
 * @param digest SHA-256, hexadecimal; empty for what has no bytes
 * @param link what it is a link to, else empty
 */
record ListedFile(int mode, int flags, long size, String owner, String digest, String link) {
  static final int DIRECTORY = 0040000;
  static final int REGULAR = 0100000;
  static final int SYMLINK = 0120000;
  private static final int TYPE = 0170000;
  private static final int SHOWN = 12;

  String described() {
    String what = link.isEmpty() ? "" : " -> " + link;
    return "%04o %s %d".formatted(mode & 07777, owner, size)
        + ((mode & TYPE) == DIRECTORY ? " directory" : what);
  }

  String changedTo(ListedFile fresh) {
    List<String> parts = new ArrayList<>();
    if (mode != fresh.mode) {
      parts.add("mode %06o -> %06o".formatted(mode, fresh.mode));
    }
    if (!owner.equals(fresh.owner)) {
      parts.add("owner " + owner + " -> " + fresh.owner);
    }
    if (flags != fresh.flags) {
      parts.add("flags " + flags + " -> " + fresh.flags);
    }
    if (!link.equals(fresh.link)) {
      parts.add("link " + link + " -> " + fresh.link);
    } else if (!digest.equals(fresh.digest)) {
      parts.add("size " + size + " -> " + fresh.size);
      parts.add("sha256 " + start(digest) + " -> " + start(fresh.digest));
    }
    return String.join(", ", parts);
  }

  /** As much of a digest as a reader needs. */
  static String start(String digest) {
    return digest.substring(0, Math.min(SHOWN, digest.length()));
  }
}

package org.airflowappliance.cluster;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong in one file, so that the operator sees all of it at once. */
final class Problems {
  private static final int SHOWN = 80;

  private final String file;
  private final List<Problem> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(Place place, String path, String message) {
    Problem problem = new Problem(file, place.line(), place.column(), path, message);
    if (!found.contains(problem)) {
      found.add(problem);
    }
  }

  /** Reports what makes reading on impossible. */
  InvalidCluster fatal(Place place, String message) {
    add(place, "", message);
    return new InvalidCluster(found);
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidCluster(found);
    }
  }

  /** The value in quotes, on one line, cut when long, without the password of a URL. */
  static String quote(String value) {
    StringBuilder text = new StringBuilder();
    value
        .replaceAll("://[^/@\\s]*@", "://…@")
        .codePoints()
        .limit(SHOWN)
        .forEach(c -> text.append(Character.isISOControl(c) ? "\\u%04x".formatted(c) : text(c)));
    return "'" + text + (value.codePointCount(0, value.length()) > SHOWN ? "…'" : "'");
  }

  private static String text(int codePoint) {
    return new String(Character.toChars(codePoint));
  }
}

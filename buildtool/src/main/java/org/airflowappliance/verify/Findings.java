package org.airflowappliance.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What was found wrong, a line each, and the files that it was found of. */
final class Findings {
  private final List<String> lines = new ArrayList<>();
  private final Set<String> files = new TreeSet<>();

  /** One look at a file, whose failure is a finding, too. */
  @FunctionalInterface
  interface Look {
    void at() throws IOException;
  }

  /**
   * Notes a problem.
   *
   * @param file of the release, from its folder
   */
  void add(String file, String problem) {
    lines.add(file + ": " + problem);
    files.add(file);
  }

  /** Looks into a file unless it is known to be wrong already: what is in it says nothing then. */
  void look(String file, Look look) {
    if (files.contains(file)) {
      return;
    }
    try {
      look.at();
    } catch (IOException | RuntimeException unreadable) {
      add(file, "cannot be read (" + unreadable + ")");
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}

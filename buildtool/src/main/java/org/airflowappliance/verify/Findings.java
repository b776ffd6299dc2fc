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
   * Notes a problem. Names come from who made the files, so nothing in them steers a terminal.
   *
   * @param file of the release, from its folder
   */
  void add(String file, String problem) {
    lines.add((file + ": " + problem).replaceAll("\\p{Cntrl}", "?"));
    files.add(file);
  }

  /** The same unless the file is known to be wrong already: one reason is enough. */
  void addFirst(String file, String problem) {
    if (!files.contains(file)) {
      add(file, problem);
    }
  }

  /** Looks into a file unless it is known to be wrong already: what is in it says nothing then. */
  void look(String file, Look look) {
    if (files.contains(file)) {
      return;
    }
    try {
      look.at();
    } catch (IOException unreadable) {
      add(file, "is damaged (" + unreadable.getMessage() + "); fetch it again");
    } catch (RuntimeException damaged) {
      // parsers of foreign formats answer so to what is none
      add(file, "is damaged (" + damaged + "); fetch it again");
    }
  }

  /** Whether a file is known to be wrong. */
  boolean knows(String file) {
    return files.contains(file);
  }

  /** Whether a file is known to be wrong whose path a pattern matches. */
  boolean any(String pattern) {
    return files.stream().anyMatch(each -> each.matches(pattern));
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}

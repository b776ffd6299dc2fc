package org.airflowappliance.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * A change of a text in the form of a diff without numbers: lines with {@code -} go, lines with
 * {@code +} come, lines with a blank stay, {@code @@} separates changes, {@code #} is a comment.
 */
record Edit(String text) {

  String apply(String to) {
    String changed = to;
    for (String change : text.split("(?m)^@@\n")) {
      List<String> old = new ArrayList<>();
      List<String> now = new ArrayList<>();
      for (String line : change.lines().filter(l -> !l.startsWith("#")).toList()) {
        String content = line.substring(1) + "\n";
        if (line.charAt(0) != '+') {
          old.add(content);
        }
        if (line.charAt(0) != '-') {
          now.add(content);
        }
      }
      changed = replaceOnce(changed, String.join("", old), String.join("", now));
    }
    return changed;
  }

  private static String replaceOnce(String text, String old, String now) {
    String from = "\n" + old;
    int at = text.indexOf(from);
    if (at < 0 || text.indexOf(from, at + 1) >= 0) {
      throw new AssertionError("not exactly once in the example:\n" + old);
    }
    return text.substring(0, at) + "\n" + now + text.substring(at + from.length());
  }
}

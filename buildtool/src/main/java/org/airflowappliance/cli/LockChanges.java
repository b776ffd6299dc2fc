package org.airflowappliance.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says in words how two texts of a lock file differ. */
final class LockChanges {
  private LockChanges() {}

  /** One line for each package that came, went, or has another version or other digests. */
  static List<String> between(String file, String before, String after) {
    Map<String, Entry> old = entries(before);
    Map<String, Entry> fresh = entries(after);
    TreeSet<String> names = new TreeSet<>(old.keySet());
    names.addAll(fresh.keySet());
    List<String> changes = new ArrayList<>();
    for (String name : names) {
      Entry was = old.get(name);
      Entry is = fresh.get(name);
      if (was == null) {
        changes.add(file + ": " + name + " " + is.version() + " added");
      } else if (is == null) {
        changes.add(file + ": " + name + " " + was.version() + " removed");
      } else if (!was.version().equals(is.version())) {
        changes.add(file + ": " + name + " " + was.version() + " -> " + is.version());
      } else if (!was.rest().equals(is.rest())) {
        changes.add(file + ": " + name + " " + is.version() + " has other digests");
      }
    }
    return changes.isEmpty() ? List.of(file + ": written in another form") : changes;
  }

  private record Entry(String version, String rest) {}

  /** Rows {@code name==version} with digests below, or {@code name version …}. */
  private static Map<String, Entry> entries(String text) {
    Map<String, Entry> entries = new TreeMap<>();
    String joined = text.replaceAll("\\\\\\n\\s*", " ");
    for (String row : joined.lines().toList()) {
      String[] parts = row.strip().split("==|\\s+", 3);
      if (parts.length >= 2 && !row.startsWith("#")) {
        entries.put(parts[0], new Entry(parts[1], parts.length == 3 ? parts[2].strip() : ""));
      }
    }
    return entries;
  }
}

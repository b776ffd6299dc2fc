package org.airflowappliance.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What changed from one list of files to another, by path.
 *
 * @param old the files before
 * @param fresh the files after
 */
record FileListDiff(Map<String, ListedFile> old, Map<String, ListedFile> fresh) {
  // Where more files than this changed there are new libraries: a list says more than diffs.
  private static final int DIFFED_FILES = 50;

  /** Reads the bytes of some of the listed files. */
  interface Contents {
    Map<String, byte[]> read(Set<String> paths) throws IOException;
  }

  /** The changes, a line each, and diffs of the texts among them. */
  List<String> lines(Contents before, Contents after) throws IOException {
    List<String> lines = new ArrayList<>();
    TreeSet<String> paths = new TreeSet<>(old.keySet());
    paths.addAll(fresh.keySet());
    TreeSet<String> rewritten = new TreeSet<>();
    for (String path : paths) {
      if (!old.containsKey(path)) {
        lines.add("+ " + path + "  " + fresh.get(path).described());
      } else if (!fresh.containsKey(path)) {
        lines.add("- " + path + "  " + old.get(path).described());
      } else if (!old.get(path).equals(fresh.get(path))) {
        lines.add("~ " + path + "  " + old.get(path).changedTo(fresh.get(path)));
        if (!old.get(path).digest().equals(fresh.get(path).digest())) {
          rewritten.add(path);
        }
      }
    }
    if (!rewritten.isEmpty() && rewritten.size() <= DIFFED_FILES) {
      lines.addAll(texts(rewritten, before.read(rewritten), after.read(rewritten)));
    }
    return lines;
  }

  private static List<String> texts(
      Set<String> paths, Map<String, byte[]> old, Map<String, byte[]> fresh) {
    List<String> lines = new ArrayList<>();
    for (String path : paths) {
      if (old.containsKey(path) && fresh.containsKey(path)) {
        TextDiff.of(old.get(path), fresh.get(path))
            .ifPresent(
                diff -> {
                  lines.add(path + ":");
                  diff.forEach(line -> lines.add("  " + line));
                });
      }
    }
    return lines;
  }
}

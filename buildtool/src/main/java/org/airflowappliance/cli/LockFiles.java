package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lock files that were resolved anew and differ from those that are there, not written yet.
 *
 * @param texts by file, in the order in which they are written
 * @param changes what differs, a line each
 */
record LockFiles(Map<Path, String> texts, List<String> changes) {
  LockFiles {
    texts = new LinkedHashMap<>(texts);
    changes = List.copyOf(changes);
  }

  /**
   * What differs below a folder.
   *
   * @param fresh texts by name below the folder
   */
  static LockFiles between(Path folder, Map<String, String> fresh) throws IOException {
    Map<Path, String> texts = new LinkedHashMap<>();
    List<String> changes = new ArrayList<>();
    for (Map.Entry<String, String> each : fresh.entrySet()) {
      Path file = folder.resolve(each.getKey());
      String old = Files.exists(file) ? Files.readString(file) : "";
      if (!old.equals(each.getValue())) {
        texts.put(file, each.getValue());
        changes.addAll(LockChanges.between(each.getKey(), old, each.getValue()));
      }
    }
    return new LockFiles(texts, changes);
  }

  boolean isEmpty() {
    return texts.isEmpty();
  }

  /** Writes them, each whole or not at all, and says what differed. */
  List<String> write() throws IOException {
    for (Map.Entry<Path, String> each : texts.entrySet()) {
      Path file = each.getKey();
      Path beside =
          Files.writeString(file.resolveSibling(file.getFileName() + ".new"), each.getValue());
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return changes;
  }
}

package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.lock.StoreProblem;

/**
 * What uv installed into a folder: takes out what differs from run to run or names this machine.
 *
 * @param folder the target of the installation
 */
record InstalledTree(Path folder) {
  /** Left by the installer, or by packagers who did not look. */
  private static final Set<String> LEFTOVERS = Set.of("__pycache__", ".lock", ".DS_Store");

  /** What uv notes beside the standard's own files. */
  private static final Set<String> NOTES =
      Set.of("direct_url.json", "uv_cache.json", "uv_build.json");

  void clean() throws IOException {
    // launchers carry the path of this machine's interpreter; the package brings its own
    Deletion.of(folder.resolve("bin"));
    for (Path leftover : all(InstalledTree::isLeftover)) {
      Deletion.of(leftover);
    }
    Map<String, String> rows = new HashMap<>();
    for (Path record : all(path -> path.endsWith("RECORD") && isRecorded(path))) {
      forgetMissing(record, rows);
    }
  }

  private static boolean isLeftover(Path path) {
    String name = path.getFileName().toString();
    return LEFTOVERS.contains(name) || (NOTES.contains(name) && isRecorded(path));
  }

  private static boolean isRecorded(Path path) {
    return path.getParent().getFileName().toString().endsWith(".dist-info");
  }

  /** A record lists the launchers with digests that depend on where the tree was made. */
  private void forgetMissing(Path record, Map<String, String> others) throws IOException {
    StringBuilder kept = new StringBuilder();
    for (String row : Files.readAllLines(record).stream().sorted().toList()) {
      String path = path(row);
      if (Files.exists(folder.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        kept.append(row).append('\n');
        refuseTwo(record, path, row, others.put(path, row));
      }
    }
    Files.writeString(record, kept);
  }

  /** Which of two different files stays would depend on the order of the installation. */
  private void refuseTwo(Path record, String path, String row, String other) {
    if (other != null && !other.equals(row)) {
      throw new StoreProblem(
          folder.relativize(record)
              + ": installs "
              + path
              + " as '"
              + row
              + "', another package as '"
              + other
              + "'; require other versions of them in requirements.in and run `appliance lock`");
    }
  }

  /** The first column, which is quoted when it holds a comma. */
  private static String path(String row) {
    return row.startsWith("\"")
        ? row.substring(1, row.indexOf("\",")).replace("\"\"", "\"")
        : row.substring(0, row.indexOf(','));
  }

  private interface Choice {
    boolean takes(Path path);
  }

  private List<Path> all(Choice choice) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(choice::takes).sorted().toList();
    }
  }
}

package org.airflowappliance.image;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileTree;

/**
 * What of a layer's packages is left out.
 *
 * @param prune patterns of files that go, and of folders that go when nothing is left in them
 * @param keep patterns of files that stay all the same
 */
record Pruning(List<String> prune, List<String> keep) {
  Pruning {
    prune = List.copyOf(prune);
    keep = List.copyOf(keep);
  }

  FileTree of(FileTree tree) {
    Predicate<String> gone = PathPatterns.any(prune);
    Predicate<String> kept = PathPatterns.any(keep);
    FileTree rest =
        tree.only(
            entry ->
                entry instanceof Directory || !gone.test(entry.path()) || kept.test(entry.path()));
    Set<String> occupied = new HashSet<>();
    for (FileEntry entry : rest.entries()) {
      if (!(entry instanceof Directory)) {
        addParents(entry.path(), occupied);
      }
    }
    return rest.only(
        entry ->
            !(entry instanceof Directory)
                || occupied.contains(entry.path())
                || !(gone.test(entry.path()) || gone.test(entry.path() + "/")));
  }

  private static void addParents(String path, Set<String> folders) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      folders.add(path.substring(0, slash));
    }
  }
}

package org.airflowappliance.debian;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;

/**
 * The files of packages as an image needs them: all of root, no program runs as another user, and
 * with a database of the packages for scanners. No maintainer script runs.
 *
 * @param folder where the packages are unpacked
 * @param links hard links and what they are names of
 * @param database an entry for each package
 */
public record DebianRoot(Path folder, Map<String, String> links, List<FileEntry> database) {
  /** Where scanners look for packages that were not installed by dpkg: a file for each. */
  private static final String DATABASE = "/var/lib/dpkg/status.d/";

  public DebianRoot {
    links = Map.copyOf(links);
    database = List.copyOf(database);
  }

  /** Unpacks .deb files to an empty folder. */
  public static DebianRoot unpack(Collection<Path> packages, Path folder) throws IOException {
    Map<String, String> links = new HashMap<>();
    List<FileEntry> database = new ArrayList<>();
    for (Path file : packages) {
      DebPackage each = new DebPackage(file);
      each.unpack(folder)
          .forEach((link, target) -> links.put(AsciiName.decoded(link), AsciiName.decoded(target)));
      database.add(entry(each.control()));
    }
    return new DebianRoot(folder, links, database);
  }

  /** All files below the folder; their contents stay there. */
  public FileTree tree() throws IOException {
    FileTree scanned = FileTree.scan(folder, "", Owner.ROOT);
    FileTree named = FileTree.of(scanned.entries().stream().map(DebianRoot::named).toList());
    return CaBundle.added(withLinks(named).under(database));
  }

  private static FileEntry named(FileEntry entry) {
    String path = AsciiName.decoded(entry.path());
    return entry instanceof Symlink link
        ? new Symlink(path, link.owner(), AsciiName.decoded(link.target()))
        : entry.at(path);
  }

  private static FileEntry entry(String control) {
    String name =
        control
            .lines()
            .filter(line -> line.startsWith("Package:"))
            .map(line -> line.substring("Package:".length()).strip())
            .findFirst()
            .orElseThrow();
    String text = control.strip().replaceFirst("\n", "\nStatus: install ok installed\n") + "\n";
    return new Regular(DATABASE + name, Owner.ROOT, 0644, Content.of(text));
  }

  /** The first name in the order of paths is the file, so that no link comes before it. */
  private FileTree withLinks(FileTree tree) {
    Map<String, TreeSet<String>> names = new TreeMap<>();
    links.forEach(
        (link, target) -> {
          String first = target;
          while (links.containsKey(first)) {
            first = links.get(first);
          }
          names.computeIfAbsent(first, path -> new TreeSet<>(List.of(path))).add(link);
        });
    List<FileEntry> found = new ArrayList<>();
    for (TreeSet<String> same : names.values()) {
      String file = same.pollFirst();
      for (String link : same) {
        FileEntry entry = tree.find(link).orElseThrow();
        found.add(new HardLink(link, entry.owner(), entry.mode(), file));
      }
    }
    return tree.under(found);
  }
}

package org.airflowappliance.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;

/**
 * Files with owner and mode, sorted by path and unique: what a package payload or an image layer
 * holds.
 */
public final class FileTree {
  private static final FileTree EMPTY = new FileTree(new TreeMap<>());

  private final TreeMap<String, FileEntry> entries;

  private FileTree(TreeMap<String, FileEntry> entries) {
    this.entries = entries;
  }

  /** The tree without entries. */
  public static FileTree empty() {
    return EMPTY;
  }

  /**
   * A tree of the given entries.
   *
   * @throws IllegalArgumentException when two entries have one path, or one lies below a file
   */
  public static FileTree of(Collection<? extends FileEntry> entries) {
    TreeMap<String, FileEntry> sorted = new TreeMap<>();
    for (FileEntry entry : entries) {
      if (sorted.put(entry.path(), entry) != null) {
        throw new IllegalArgumentException(
            entry.path() + ": two entries have this path; remove one");
      }
    }
    for (String path : sorted.keySet()) {
      for (String above = parent(path); !above.isEmpty(); above = parent(above)) {
        FileEntry entry = sorted.get(above);
        if (entry != null && !(entry instanceof Directory)) {
          throw new IllegalArgumentException(
              path + ": lies below " + above + ", which is not a directory");
        }
      }
    }
    for (FileEntry entry : sorted.values()) {
      if (entry instanceof HardLink link && !(sorted.get(link.target()) instanceof Regular)) {
        throw new IllegalArgumentException(
            link.path()
                + ": is a hard link to "
                + link.target()
                + ", which is no file of the same tree; keep or leave out both");
      }
    }
    return new FileTree(sorted);
  }

  /**
   * What lies below a folder on disk, at {@code prefix}; executable files and folders get 0755,
   * other files 0644, whatever the umask was.
   */
  public static FileTree scan(Path folder, String prefix, Owner owner) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      List<FileEntry> found = new ArrayList<>();
      for (Path file : (Iterable<Path>) walk::iterator) {
        if (!file.equals(folder)) {
          found.add(
              entry(
                  file,
                  prefix + "/" + folder.relativize(file).toString().replace('\\', '/'),
                  owner));
        }
      }
      return of(found);
    } catch (UncheckedIOException problem) {
      throw problem.getCause();
    }
  }

  private static FileEntry entry(Path file, String path, Owner owner) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return new Symlink(path, owner, Files.readSymbolicLink(file).toString());
    }
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return new Directory(path, owner, 0755);
    }
    return new Regular(path, owner, Files.isExecutable(file) ? 0755 : 0644, Content.of(file));
  }

  /** All entries, sorted by path. */
  public List<FileEntry> entries() {
    return List.copyOf(entries.values());
  }

  /** The entry at an absolute path. */
  public Optional<FileEntry> find(String path) {
    return Optional.ofNullable(entries.get(path));
  }

  /**
   * Both trees in one; a folder may be in both with the same owner and mode.
   *
   * @throws IllegalArgumentException when they collide
   */
  public FileTree plus(FileTree other) {
    List<FileEntry> all = new ArrayList<>(entries.values());
    for (FileEntry entry : other.entries.values()) {
      if (!(entry instanceof Directory) || !entry.equals(entries.get(entry.path()))) {
        all.add(entry);
      }
    }
    return of(all);
  }

  /**
   * The tree with other entries laid over it: where both have a path, the other's stays.
   *
   * @throws IllegalArgumentException when a file would lie below a file
   */
  public FileTree under(Collection<? extends FileEntry> others) {
    TreeMap<String, FileEntry> all = new TreeMap<>(entries);
    others.forEach(entry -> all.put(entry.path(), entry));
    return of(all.values());
  }

  /** The entries that a condition holds for. */
  public FileTree only(Predicate<FileEntry> wanted) {
    return of(entries.values().stream().filter(wanted).toList());
  }

  /** The tree with every missing parent folder added. */
  public FileTree withParents(Owner owner, int mode) {
    List<FileEntry> all = new ArrayList<>(entries.values());
    TreeMap<String, FileEntry> added = new TreeMap<>();
    for (String path : entries.keySet()) {
      for (String above = parent(path); !above.isEmpty(); above = parent(above)) {
        if (!entries.containsKey(above)) {
          added.putIfAbsent(above, new Directory(above, owner, mode));
        }
      }
    }
    all.addAll(added.values());
    return of(all);
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }
}

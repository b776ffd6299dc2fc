package org.airflowappliance.rpm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.rpm.RpmSpec.FileFlag;

/**
 * One file of a package as rpm counts it.
 *
 * @param entry path, owner and mode
 * @param flags rpm's bits for configuration, documentation and so on
 * @param size bytes that the archive carries for it
 */
record PackagedFile(FileEntry entry, int flags, long size) {
  static final int DIRECTORY = 0040000;
  static final int REGULAR = 0100000;
  static final int SYMLINK = 0120000;
  private static final int LONGEST_NAME = 255 - 9;
  static final int TYPE_MASK = 0170000;
  static final int CONFIG_BIT = 1;
  static final int NOREPLACE_BIT = 1 << 4;
  static final int GHOST_BIT = 1 << 6;
  private static final Map<FileFlag, Integer> BITS =
      Map.of(
          FileFlag.CONFIG,
          CONFIG_BIT,
          // To rpm, "noreplace" alone is not a configuration file.
          FileFlag.CONFIG_NOREPLACE,
          CONFIG_BIT | NOREPLACE_BIT,
          FileFlag.DOC,
          1 << 1,
          FileFlag.GHOST,
          GHOST_BIT,
          FileFlag.LICENSE,
          1 << 7);

  /** The package's files in the order of their bytes, in which rpm searches them. */
  static List<PackagedFile> of(RpmSpec spec) throws IOException {
    TreeSet<String> unknown = new TreeSet<>(spec.flags().keySet());
    List<PackagedFile> files = new ArrayList<>();
    for (FileEntry entry : spec.files().entries()) {
      unknown.remove(entry.path());
      checkName(spec, entry.path());
      if (entry instanceof HardLink) {
        throw new IllegalArgumentException(
            spec.fileName()
                + ": "
                + entry.path()
                + " is a hard link; pack a symbolic link instead");
      }
      FileFlag flag = spec.flags().get(entry.path());
      int bits = flag == null ? 0 : BITS.get(flag);
      files.add(new PackagedFile(entry, bits, (bits & GHOST_BIT) != 0 ? 0 : size(entry)));
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          spec.fileName() + ": flags for " + unknown + ", which the package does not hold");
    }
    files.sort(Comparator.comparing(PackagedFile::pathBytes, Arrays::compareUnsigned));
    return List.copyOf(files);
  }

  /** While rpm unpacks a file, it adds nine characters to its name. */
  private static void checkName(RpmSpec spec, String path) {
    int length = utf8(path.substring(path.lastIndexOf('/') + 1)).length;
    if (length > LONGEST_NAME) {
      throw new IllegalArgumentException(
          spec.fileName()
              + ": "
              + path
              + " has a name of "
              + length
              + " bytes, but rpm can unpack no more than "
              + LONGEST_NAME
              + "; shorten it");
    }
  }

  private static long size(FileEntry entry) throws IOException {
    if (entry instanceof Regular regular) {
      return regular.content().size();
    }
    return entry instanceof Symlink link ? utf8(link.target()).length : 0;
  }

  String path() {
    return entry.path();
  }

  /** Type bits of the mode. */
  int type() {
    if (entry instanceof Directory) {
      return DIRECTORY;
    }
    return entry instanceof Symlink ? SYMLINK : REGULAR;
  }

  int modeWithType() {
    return type() | entry.mode();
  }

  /** Whether the archive holds it. */
  boolean carried() {
    return (flags & GHOST_BIT) == 0;
  }

  /** What a symbolic link points to, else empty. */
  String link() {
    return entry instanceof Symlink symlink ? symlink.target() : "";
  }

  /** The bytes that follow the entry in the archive. */
  Content content() {
    if (entry instanceof Regular regular) {
      return regular.content();
    }
    return Content.of(link());
  }

  /** Path of the folder with a slash at its end, as rpm keeps it. */
  String folder() {
    return path().substring(0, path().lastIndexOf('/') + 1);
  }

  String baseName() {
    return path().substring(path().lastIndexOf('/') + 1);
  }

  private byte[] pathBytes() {
    return utf8(path());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package org.airflowappliance.file;

import java.util.Objects;

/** One entry of a {@link FileTree}: its absolute path, owner and permission bits (without type). */
public sealed interface FileEntry {
  /** Absolute, normalised path with {@code /} between names and none at the end. */
  String path();

  /** Who owns the entry. */
  Owner owner();

  /** Permission bits, 0 to 07777. */
  int mode();

  /** The same entry at another path. */
  FileEntry at(String path);

  /** A directory. */
  record Directory(String path, Owner owner, int mode) implements FileEntry {
    public Directory {
      Checks.entry(path, owner, mode);
    }

    @Override
    public Directory at(String newPath) {
      return new Directory(newPath, owner, mode);
    }
  }

  /** A regular file. */
  record Regular(String path, Owner owner, int mode, Content content) implements FileEntry {
    public Regular {
      Checks.entry(path, owner, mode);
      Objects.requireNonNull(content, path);
    }

    @Override
    public Regular at(String newPath) {
      return new Regular(newPath, owner, mode, content);
    }
  }

  /** A symbolic link; its target is kept as it is written. */
  record Symlink(String path, Owner owner, String target) implements FileEntry {
    public Symlink {
      Checks.entry(path, owner, 0777);
      if (target.isEmpty()) {
        throw new IllegalArgumentException(path + ": a symbolic link needs a target");
      }
    }

    @Override
    public int mode() {
      return 0777;
    }

    @Override
    public Symlink at(String newPath) {
      return new Symlink(newPath, owner, target);
    }
  }

  /** Another name of a regular file of the same tree, whose owner and mode it shares. */
  record HardLink(String path, Owner owner, int mode, String target) implements FileEntry {
    public HardLink {
      Checks.entry(path, owner, mode);
      Checks.entry(target, owner, mode);
    }

    @Override
    public HardLink at(String newPath) {
      return new HardLink(newPath, owner, mode, target);
    }
  }

  /** What every entry has to satisfy. */
  final class Checks {
    private Checks() {}

    private static void entry(String path, Owner owner, int mode) {
      Objects.requireNonNull(owner, path);
      if (!path.matches("(/[^/\0]+)+")
          || (path + "/").contains("/../")
          || (path + "/").contains("/./")) {
        throw new IllegalArgumentException("'" + path + "' is not an absolute, normalised path");
      }
      if (mode < 0 || mode > 07777) {
        throw new IllegalArgumentException(
            path + ": mode " + Integer.toOctalString(mode) + " is out of range");
      }
    }
  }
}

package org.airflowappliance.rpm;

/**
 * A file as a package's header tells of it.
 *
 * @param path absolute path
 * @param mode type and permission bits
 * @param flags rpm's bits: configuration, documentation, …
 * @param size bytes
 * @param user owner's name
 * @param group group's name
 * @param digest SHA-256, hexadecimal; empty for what has no bytes
 * @param link target of a symbolic link, else empty
 */
public record RpmFile(
    String path,
    int mode,
    int flags,
    long size,
    String user,
    String group,
    String digest,
    String link) {

  /** Whether it is a directory. */
  public boolean directory() {
    return (mode & PackagedFile.TYPE_MASK) == PackagedFile.DIRECTORY;
  }

  /** Whether it is a symbolic link. */
  public boolean symlink() {
    return (mode & PackagedFile.TYPE_MASK) == PackagedFile.SYMLINK;
  }

  /** Whether it is a configuration file. */
  public boolean config() {
    return (flags & PackagedFile.CONFIG_BIT) != 0;
  }

  /** Whether an upgrade keeps a changed one in place. */
  public boolean noReplace() {
    return (flags & PackagedFile.NOREPLACE_BIT) != 0;
  }

  /** Whether the package owns but does not carry it. */
  public boolean ghost() {
    return (flags & PackagedFile.GHOST_BIT) != 0;
  }
}

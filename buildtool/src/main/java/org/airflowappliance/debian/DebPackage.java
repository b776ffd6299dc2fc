package org.airflowappliance.debian;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A binary package of Debian.
 *
 * @param file the .deb
 */
public record DebPackage(Path file) {
  private interface Reading<T> {
    T read(TarArchiveInputStream tar) throws IOException;
  }

  /**
   * Unpacks the package's files below {@code root}, under their {@link AsciiName}s; maintainer
   * scripts do not run.
   *
   * @return hard links and what they are names of, both absolute in the package
   */
  public Map<String, String> unpack(Path root) throws IOException {
    return unpack(root, path -> true);
  }

  /**
   * The same of those files alone that are wanted.
   *
   * @param wanted tells by a path, which begins with a slash
   */
  Map<String, String> unpack(Path root, Predicate<String> wanted) throws IOException {
    return member("data", tar -> unpack(tar, root, wanted));
  }

  /** What the package says of itself: fields, a line each, long ones going on with a blank. */
  public String control() throws IOException {
    return member("control", this::control);
  }

  private String control(TarArchiveInputStream tar) throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (entry.getName().matches("(\\./)?control")) {
        return new String(tar.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    throw new IOException(file + ": its control.tar has no file control");
  }

  private <T> T member(String name, Reading<T> reading) throws IOException {
    try (ArArchiveInputStream ar =
        new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().startsWith(name + ".tar")) {
          try (TarArchiveInputStream tar =
              new TarArchiveInputStream(
                  plain(member.getName(), ar), StandardCharsets.UTF_8.name())) {
            return reading.read(tar);
          }
        }
      }
    }
    throw new IOException(file + ": holds no " + name + ".tar; it is not a package of Debian");
  }

  private InputStream plain(String name, InputStream in) throws IOException {
    return switch (name.substring(name.indexOf(".tar") + 4)) {
      case "" -> in;
      case ".gz" -> new GzipCompressorInputStream(in, true);
      case ".xz" -> new XZCompressorInputStream(in);
      default ->
          throw new IOException(
              file + ": " + name + " has a compression that is not known here (gz, xz)");
    };
  }

  private Map<String, String> unpack(TarArchiveInputStream tar, Path root, Predicate<String> wanted)
      throws IOException {
    Map<String, String> links = new TreeMap<>();
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path target = inside(root, entry.getName());
      if (!wanted.test("/" + root.relativize(target))) {
        continue;
      }
      if (entry.isDirectory()) {
        Files.createDirectories(target);
        continue;
      }
      Files.createDirectories(target.getParent());
      if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(target, Path.of(AsciiName.encoded(entry.getLinkName())));
      } else if (entry.isLink()) {
        Path linked = inside(root, entry.getLinkName());
        Files.createLink(target, linked);
        links.put("/" + root.relativize(target), "/" + root.relativize(linked));
      } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
        throw new IOException(file + ": " + entry.getName() + " is neither file, folder nor link");
      } else {
        Files.copy(tar, target);
        String mode = (entry.getMode() & 0111) != 0 ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
      }
    }
    return links;
  }

  /** Where a name of the archive stands below {@code root}; no name and no link leads out of it. */
  private Path inside(Path root, String name) throws IOException {
    Path target = root.resolve(AsciiName.encoded(name.replaceFirst("^/+", ""))).normalize();
    for (Path above = target.getParent();
        target.startsWith(root) && !target.equals(root) && !above.equals(root);
        above = above.getParent()) {
      if (Files.isSymbolicLink(above)) {
        throw new IOException(file + ": " + name + " lies below the link " + above);
      }
    }
    if (!target.startsWith(root)) {
      throw new IOException(file + ": " + name + " leads out of the folder it is unpacked to");
    }
    return target;
  }
}

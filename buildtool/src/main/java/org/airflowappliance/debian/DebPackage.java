package org.airflowappliance.debian;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  /** Unpacks the package's files below {@code root}; maintainer scripts do not run. */
  public void unpack(Path root) throws IOException {
    try (ArArchiveInputStream ar =
        new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().startsWith("data.tar")) {
          try (TarArchiveInputStream tar = new TarArchiveInputStream(plain(member.getName(), ar))) {
            unpack(tar, root);
          }
          return;
        }
      }
    }
    throw new IOException(file + ": holds no data.tar; it is not a package of Debian");
  }

  private InputStream plain(String name, InputStream in) throws IOException {
    return switch (name) {
      case "data.tar" -> in;
      case "data.tar.gz" -> new GzipCompressorInputStream(in, true);
      case "data.tar.xz" -> new XZCompressorInputStream(in);
      default ->
          throw new IOException(
              file + ": " + name + " has a compression that is not known here (gz, xz)");
    };
  }

  private void unpack(TarArchiveInputStream tar, Path root) throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path target = inside(root, entry.getName());
      if (entry.isDirectory()) {
        Files.createDirectories(target);
        continue;
      }
      Files.createDirectories(target.getParent());
      if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      } else if (entry.isLink()) {
        Files.createLink(target, inside(root, entry.getLinkName()));
      } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
        throw new IOException(file + ": " + entry.getName() + " is neither file, folder nor link");
      } else {
        Files.copy(tar, target);
        String mode = (entry.getMode() & 0111) != 0 ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
      }
    }
  }

  /** Where a name of the archive stands below {@code root}; no name and no link leads out of it. */
  private Path inside(Path root, String name) throws IOException {
    Path target = root.resolve(name.replaceFirst("^/+", "")).normalize();
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

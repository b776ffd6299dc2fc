package org.airflowappliance.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.plan.Fingerprint;

/**
 * Digest of the tool's own code and of its libraries' versions: what another version of the code
 * wrote is not reused. Definitions are left out, since every artifact's recipe holds those that it
 * is made from.
 */
final class ToolDigest {
  private ToolDigest() {}

  static String of() {
    try {
      Path code =
          Path.of(ToolDigest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(code)) {
        return new Fingerprint().add(classes(code)).hex();
      }
      return jar(code);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (URISyntaxException problem) {
      throw new IllegalStateException(problem);
    }
  }

  private static FileTree classes(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      List<FileEntry> files =
          walk.filter(file -> file.toString().endsWith(".class"))
              .map(
                  file ->
                      (FileEntry)
                          new FileEntry.Regular(
                              "/" + folder.relativize(file), Owner.ROOT, 0644, Content.of(file)))
              .toList();
      return FileTree.of(files);
    }
  }

  /** The libraries stand in the manifest by name and version: another one may write other bytes. */
  static String jar(Path jar) throws IOException {
    Fingerprint all = new Fingerprint();
    try (JarFile open = new JarFile(jar.toFile())) {
      if (open.getManifest() != null) {
        Object libraries = open.getManifest().getMainAttributes().get(Attributes.Name.CLASS_PATH);
        all.add("libraries", String.valueOf(libraries));
      }
      open.stream()
          .filter(entry -> entry.getName().endsWith(".class"))
          .sorted(Comparator.comparing(ZipEntry::getName))
          .forEach(entry -> all.add(entry.getName(), entry.getCrc(), entry.getSize()));
    }
    return all.hex();
  }
}

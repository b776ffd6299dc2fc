package org.airflowappliance.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.debian.DebFile;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.PackedDefinitions;
import org.airflowappliance.plan.PinRows;
import org.airflowappliance.release.Keys;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * An image of one package of the tests' own.
 *
 * @param folder for definitions, packages and what is built
 */
public record SmallImage(Path folder) {
  private static final Instant EPOCH = Instant.parse("2022-04-06T00:00:00Z");
  private static final Path DEFINITIONS =
      Path.of("src/test/resources/org/airflowappliance/image/definitions");
  private static final Pin TOOL = new Pin("tool", "1", "pool/tool.deb", 1, "7".repeat(64));

  /** Places definitions and packages in an empty folder. */
  public static SmallImage in(Path folder) throws IOException {
    SmallImage image = new SmallImage(folder);
    try (Stream<Path> files = Files.walk(DEFINITIONS)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(DEFINITIONS.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    Files.writeString(image.file("image.lock"), PinRows.text(List.of(TOOL)));
    Path downloads = Files.createDirectories(folder.resolve("downloads"));
    DebFile.write(
        downloads.resolve(TOOL.sha256()),
        "data.tar.xz",
        "Package: tool\nVersion: 1\n",
        tar -> {
          DebFile.file(tar, "./usr/bin/tool", 0755);
          DebFile.link(tar, TarConstants.LF_LINK, "./usr/bin/other-name", "./usr/bin/tool");
          DebFile.file(tar, "./usr/share/doc/tool/changelog", 0644);
          DebFile.file(tar, "./usr/share/doc/tool/copyright", 0644);
          DebFile.file(tar, "./usr/share/man/man1/tool.1", 0644);
        });
    return image;
  }

  /** A file of the image's definitions. */
  Path file(String name) {
    return folder.resolve("images/small").resolve(name);
  }

  /** Changes its image.yaml. */
  public void edit(String what, String into) throws IOException {
    String text = Files.readString(file("image.yaml"));
    if (!text.contains(what)) {
      throw new IllegalArgumentException("image.yaml holds no '" + what + "'");
    }
    Files.writeString(file("image.yaml"), text.replace(what, into));
  }

  /** The archive, then the file with the digest. */
  List<Artifact> planned() {
    AirflowLine line = new AirflowLine("1.0", "3.9", 7, EPOCH, "", "", "", List.of());
    return new Images()
        .plan(
            new Blueprint(
                ClusterYaml.example(List.of("2.2.5")),
                PackedDefinitions.folder(folder),
                line,
                EPOCH),
            List.of());
  }

  /** Writes both files and names the archive. */
  public Path build() throws IOException {
    FolderWorkbench bench = new FolderWorkbench(folder, EPOCH, Keys.signer());
    for (Artifact artifact : planned()) {
      Files.deleteIfExists(bench.built(artifact.path()));
      bench.write(artifact);
    }
    return bench.built(new ImageReference("small").archive());
  }
}

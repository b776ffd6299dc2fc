package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.rpm.RpmPackage;
import org.airflowappliance.rpm.RpmSpec;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.FileFlag;

/** Small packages of the tests' own, written by the tool's writer. */
final class Packages {
  private static final Instant EPOCH = Instant.parse("2022-04-06T00:00:00Z");

  private Packages() {}

  /** Stands for everything that EL8 and EPEL bring. */
  static Path stub(Path folder) throws IOException {
    List<Dependency> provides =
        Stream.of(
                "/bin/sh",
                "systemd",
                "shadow-utils",
                "python39",
                "s3fs-fuse",
                "firewalld",
                "firewalld-filesystem",
                "system-release")
            .map(Dependency::parse)
            .toList();
    return write(folder, key(), spec("el8-stub", "1", provides, List.of(), Map.of()));
  }

  /** A package {@code sample} of the given version. */
  static Path sample(
      Path folder, String version, List<FileEntry> files, Map<String, FileFlag> flags)
      throws IOException {
    return write(folder, key(), spec("sample", version, List.of(), files, flags));
  }

  /** A package without files that another key signs. */
  static Path ofAnotherKey(Path folder, PgpKey key) throws IOException {
    return write(folder, key, spec("stranger", "1", List.of(), List.of(), Map.of()));
  }

  /** The key that signed the example release. */
  private static PgpKey key() throws IOException {
    return PgpKey.development(Folders.cache().resolve("keys"));
  }

  private static Path write(Path folder, PgpKey key, RpmSpec spec) throws IOException {
    Path rpm = folder.resolve(spec.fileName());
    RpmPackage.write(spec, EPOCH, key, rpm);
    return rpm;
  }

  private static RpmSpec spec(
      String name,
      String version,
      List<Dependency> provides,
      List<FileEntry> files,
      Map<String, FileFlag> flags) {
    return new RpmSpec(
        name,
        version,
        "1.el8",
        "noarch",
        "A package of the tests",
        "A package of the tests.",
        "Apache-2.0",
        "https://airflow.apache.org/",
        "Airflow appliance",
        "Applications/System",
        "- Made by a test.",
        provides,
        List.of(),
        List.of(),
        Map.of(),
        FileTree.of(files),
        flags);
  }
}

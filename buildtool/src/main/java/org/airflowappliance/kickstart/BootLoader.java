package org.airflowappliance.kickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.airflowappliance.debian.DebianRecords;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * A boot loader of the PXE tree, or the licence of one.
 *
 * @param packages where it comes from
 * @param source the file in them
 */
record BootLoader(ReleasePath path, String kind, BootPackages packages, String source)
    implements Materials.Composed {
  private static final String LOADER = "loader";
  private static final String LICENCES = "pxe/licences/*.txt";

  /** A loader. */
  static BootLoader loader(ReleasePath path, BootPackages packages, String source) {
    return new BootLoader(path, LOADER, packages, source);
  }

  /** What a package says of its licences. */
  static BootLoader licence(String name, BootPackages packages) {
    return licence(name, packages, DebianRecords.copyright(name).substring(1));
  }

  /** The text of a licence, as it stands in some file of the packages. */
  static BootLoader licence(String name, BootPackages packages, String source) {
    return new BootLoader(
        new ReleasePath(LICENCES.replace("*", name)), "licences", packages, source);
  }

  @Override
  public Materials materials() {
    return new Materials(
        path.value(),
        "",
        kind.equals(LOADER)
            ? Optional.of(new Materials.Debian(packages.pins(), packages.suite(), LICENCES))
            : Optional.empty(),
        List.of(),
        Optional.empty());
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind(), packages.recipe(), source).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Path file = workbench.derived(packages).resolve(source);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "there is no file "
              + source
              + " in the packages of "
              + BootLoaders.LOCK
              + "; correct it in kickstart/pxe/boot.yaml");
    }
    Files.copy(file, target);
  }
}

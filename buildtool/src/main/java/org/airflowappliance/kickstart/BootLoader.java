package org.airflowappliance.kickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * A boot loader of the PXE tree.
 *
 * @param packages where it comes from
 * @param source the file in them
 */
record BootLoader(ReleasePath path, BootPackages packages, String source) implements Artifact {
  @Override
  public String kind() {
    return "loader";
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

package org.airflowappliance.kickstart;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * A file of Rocky's installer, copied from a mirror by its digest.
 *
 * @param pin its digest
 * @param tree where it is
 */
record InstallerFile(ReleasePath path, Pin pin, URI tree) implements Artifact {
  @Override
  public String kind() {
    return "installer";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind(), pin.sha256()).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Files.copy(workbench.pinned(pin, tree), target);
  }
}

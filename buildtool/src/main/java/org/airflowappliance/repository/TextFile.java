package org.airflowappliance.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/** A text that is known when planning. */
record TextFile(ReleasePath path, String kind, String text) implements Artifact {
  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind, text).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Files.writeString(target, text);
  }
}

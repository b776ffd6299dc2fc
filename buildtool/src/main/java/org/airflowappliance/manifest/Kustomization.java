package org.airflowappliance.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * The list that {@code kubectl apply -k} reads.
 *
 * @param path where it stands in the release
 * @param text of the file
 */
record Kustomization(ReleasePath path, String text) implements Artifact {
  @Override
  public String kind() {
    return Manifest.KIND;
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(text).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Files.writeString(target, text);
  }
}

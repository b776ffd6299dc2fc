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
 * A file of Kubernetes objects, as its definition says them.
 *
 * @param path where it stands in the release
 * @param text of the definition
 * @param common what every object has
 */
record Manifest(ReleasePath path, ManifestText text, CommonMetadata common) implements Artifact {
  static final String KIND = "manifest";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<ReleasePath> inputs() {
    return text.inputs();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(text, common).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Files.writeString(
        target,
        KubernetesYaml.write(
            common.addTo(KubernetesYaml.read(text.place(), text.filled(workbench)))));
  }
}

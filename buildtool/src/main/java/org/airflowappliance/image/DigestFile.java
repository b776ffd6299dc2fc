package org.airflowappliance.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * The digest by which a registry will have an image, in a file of its own, so that what names the
 * image need not read it.
 */
record DigestFile(ImageReference image) implements Artifact {
  @Override
  public ReleasePath path() {
    return image.digestFile();
  }

  @Override
  public String kind() {
    return "image-digest";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of(image.archive());
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind()).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    try (ImageArchive archive = ImageArchive.open(workbench.built(image.archive()))) {
      Files.writeString(target, archive.digest() + "\n");
    }
  }
}

package org.airflowappliance.image;

import java.io.IOException;
import java.nio.file.Files;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * An image of the release as others name it: by the digest of its manifest, which is known once the
 * image was written.
 *
 * @param name name of the image, such as {@code airflow-worker}
 */
public record ImageReference(String name) {
  /** The archive that holds the image. */
  public ReleasePath archive() {
    return new ReleasePath("images/" + name + ".tar");
  }

  /** The file with the digest: an input of everything that names the image. */
  public ReleasePath digestFile() {
    return new ReleasePath("images/" + name + ".digest");
  }

  /** The file that is signed about the image. */
  public ReleasePath claim() {
    return new ReleasePath("images/" + name + ".cosign.json");
  }

  /**
   * The whole reference.
   *
   * @param registry where the image is pulled from, {@code HOST[:PORT]/PATH}
   */
  public String in(String registry, Workbench workbench) throws IOException {
    String digest = Files.readString(workbench.built(digestFile())).strip();
    if (!digest.matches("sha256:[0-9a-f]{64}")) {
      throw new IllegalStateException(digestFile() + ": '" + digest + "' is no digest");
    }
    return registry + "/" + name + "@" + digest;
  }
}

package org.airflowappliance.plan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The ASCII-armoured signature {@code FILE.asc} over a file of the release.
 *
 * @param signedFile what is signed
 */
public record DetachedSignature(ReleasePath signedFile) implements Artifact {
  @Override
  public ReleasePath path() {
    return new ReleasePath(signedFile + ".asc");
  }

  @Override
  public String kind() {
    return "signature";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of(signedFile);
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind()).hex();
  }

  @Override
  public boolean signed() {
    return true;
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    try (InputStream in = Files.newInputStream(workbench.built(signedFile))) {
      Files.writeString(target, workbench.signer().signArmored(in, workbench.epoch()));
    }
  }
}

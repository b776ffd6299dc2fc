package org.airflowappliance.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/** The public key that verifies the packages and the metadata. */
record PublicKey(ReleasePath path) implements Artifact {
  @Override
  public String kind() {
    return "public-key";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
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
    Files.writeString(target, workbench.signer().publicKey());
  }
}

package org.airflowappliance.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * The signature {@code FILE.sig} over a file of the release for tools that know no OpenPGP, in
 * base64 as cosign reads it.
 *
 * @param signedFile what is signed; small
 */
public record BareSignature(ReleasePath signedFile) implements Artifact {
  /** What a signature's name ends with. */
  public static final String SUFFIX = ".sig";

  @Override
  public ReleasePath path() {
    return new ReleasePath(signedFile + SUFFIX);
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
    return new Fingerprint().add(kind(), SUFFIX).hex();
  }

  @Override
  public boolean signed() {
    return true;
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    byte[] data = Files.readAllBytes(workbench.built(signedFile));
    byte[] signature = workbench.signer().signBare(data);
    Files.writeString(target, Base64.getEncoder().encodeToString(signature) + "\n");
  }
}

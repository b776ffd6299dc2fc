package org.airflowappliance.plan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * The signature over a file of the release, in a file beside it.
 *
 * @param signedFile what is signed
 * @param form how, and so the name's end
 */
public record DetachedSignature(ReleasePath signedFile, Form form) implements Artifact {
  /** Whom a signature is for. */
  public enum Form {
    /** OpenPGP's, ASCII-armoured. */
    OPENPGP(".asc"),
    /** For tools that know no OpenPGP, in base64 as cosign reads it; over small files. */
    BARE(".sig");

    private final String suffix;

    Form(String suffix) {
      this.suffix = suffix;
    }

    /** What a signature's name ends with. */
    public String suffix() {
      return suffix;
    }
  }

  @Override
  public ReleasePath path() {
    return new ReleasePath(signedFile + form.suffix());
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
    return new Fingerprint().add(kind(), form).hex();
  }

  @Override
  public boolean signed() {
    return true;
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Path file = workbench.built(signedFile);
    if (form == Form.BARE) {
      byte[] signature = workbench.signer().signBare(Files.readAllBytes(file));
      Files.writeString(target, Base64.getEncoder().encodeToString(signature) + "\n");
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      Files.writeString(target, workbench.signer().signArmored(in, workbench.epoch()));
    }
  }
}

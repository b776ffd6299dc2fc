package org.airflowappliance.release;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRing;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * A signature seen with the public key's eyes.
 *
 * @param good whether it is the key's signature over the data
 * @param signature what it says of itself
 */
public record Verified(boolean good, PGPSignature signature) {
  /** Checks a binary or armoured signature over {@code data} with an armoured public key. */
  public static Verified of(byte[] signature, byte[] data, String publicKey) throws IOException {
    try {
      PGPSignatureList list =
          (PGPSignatureList) new BcPGPObjectFactory(decoded(signature)).nextObject();
      PGPPublicKeyRing ring =
          new BcPGPPublicKeyRing(decoded(publicKey.getBytes(StandardCharsets.US_ASCII)));
      PGPSignature first = list.get(0);
      first.init(new BcPGPContentVerifierBuilderProvider(), ring.getPublicKey(first.getKeyID()));
      first.update(data);
      return new Verified(first.verify(), first);
    } catch (PGPException problem) {
      throw new IOException(problem);
    }
  }

  private static InputStream decoded(byte[] bytes) throws IOException {
    return PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes));
  }
}

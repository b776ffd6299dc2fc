package org.airflowappliance.release;

import java.io.IOException;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyConverter;

/**
 * A secret part that the tool was given.
 *
 * @param key unlocked
 */
record OwnSecret(PGPPrivateKey key) implements SecretPart {
  @Override
  public PGPSignatureGenerator begin(PGPPublicKey part) throws PGPException {
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new BcPGPContentSignerBuilder(part.getAlgorithm(), HashAlgorithmTags.SHA256), part);
    generator.init(PGPSignature.BINARY_DOCUMENT, key);
    return generator;
  }

  @Override
  public byte[] bare(byte[] data) throws IOException {
    try {
      AsymmetricKeyParameter secret = new BcPGPKeyConverter().getPrivateKey(key);
      Signer signer =
          secret instanceof RSAKeyParameters
              ? new RSADigestSigner(new SHA256Digest())
              : new Ed25519Signer();
      signer.init(true, secret);
      signer.update(data, 0, data.length);
      return signer.generateSignature();
    } catch (PGPException | CryptoException problem) {
      throw new IOException("signing failed", problem);
    }
  }
}

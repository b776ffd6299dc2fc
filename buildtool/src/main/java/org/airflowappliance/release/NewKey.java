package org.airflowappliance.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** Makes a key of the kind that every rpm of EL8 verifies: RSA of 4096 bits with SHA-256. */
public final class NewKey {
  private static final int BITS = 4096;
  private static final int CERTAINTY = 100;
  private static final int ITERATIONS = 0xf0;

  private NewKey() {}

  /**
   * A new secret key, ASCII-armoured.
   *
   * @param userId whose it is, such as {@code Data platform <platform@example.org>}
   * @param created the time that it says it was made at
   * @param passphrase what it is protected by (AES-256)
   */
  public static String armoured(String userId, Instant created, Optional<String> passphrase)
      throws IOException {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream armour = PublicPart.armour(out)) {
        ring(userId, Date.from(created), passphrase).generateSecretKeyRing().encode(armour);
      }
      return out.toString(StandardCharsets.US_ASCII);
    } catch (PGPException problem) {
      throw new IOException("making a key failed", problem);
    }
  }

  private static PGPKeyRingGenerator ring(String userId, Date created, Optional<String> passphrase)
      throws PGPException {
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(
            BigInteger.valueOf(65537), new SecureRandom(), BITS, CERTAINTY));
    PGPKeyPair pair =
        new BcPGPKeyPair(
            PublicKeyPacket.VERSION_4,
            PublicKeyAlgorithmTags.RSA_GENERAL,
            generator.generateKeyPair(),
            created);
    PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
    hashed.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
    hashed.setSignatureCreationTime(false, created);
    hashed.setPreferredHashAlgorithms(false, new int[] {HashAlgorithmTags.SHA256});
    return new PGPKeyRingGenerator(
        PGPSignature.POSITIVE_CERTIFICATION,
        pair,
        userId,
        new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
        hashed.generate(),
        null,
        new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256),
        passphrase.map(NewKey::protection).orElse(null));
  }

  private static PBESecretKeyEncryptor protection(String passphrase) {
    try {
      return new BcPBESecretKeyEncryptorBuilder(
              SymmetricKeyAlgorithmTags.AES_256,
              new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA256),
              ITERATIONS)
          .build(passphrase.toCharArray());
    } catch (PGPException impossible) {
      throw new IllegalStateException("SHA-256 is always there", impossible);
    }
  }
}

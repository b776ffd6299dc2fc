package org.airflowappliance.release;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/**
 * An ASCII-armoured secret key and the checks that it has to pass.
 *
 * @param place where the text stands, for errors
 * @param text the armoured key
 */
record SecretKeyText(String place, String text) {
  /** The one key of the text, known to be of a kind that may sign a release. */
  PGPSecretKeyRing ring() {
    if (!text.contains("-----BEGIN PGP PRIVATE KEY BLOCK-----")) {
      throw problem(
          "is not an ASCII-armoured OpenPGP secret key;"
              + " write one with `gpg --armor --export-secret-keys KEY`");
    }
    BcPGPSecretKeyRingCollection rings = rings();
    if (rings.size() != 1) {
      throw problem("holds " + rings.size() + " secret keys; export the one that is to sign");
    }
    PGPSecretKeyRing ring = rings.getKeyRings().next();
    check(ring.getSecretKey());
    return ring;
  }

  private BcPGPSecretKeyRingCollection rings() {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes))) {
      return new BcPGPSecretKeyRingCollection(in);
    } catch (IOException | PGPException | RuntimeException broken) {
      throw problem("the secret key is damaged (" + broken.getMessage() + "); export it again");
    }
  }

  private void check(PGPSecretKey secret) {
    if (secret.isPrivateKeyEmpty()) {
      throw problem("the primary key's secret part is not in the file; export it with its secret");
    }
    PublicPart.check(place, secret.getPublicKey());
  }

  /** The primary key's secret part. */
  PGPPrivateKey unlocked(PGPSecretKeyRing ring, String passphrase) {
    PGPSecretKey secret = ring.getSecretKey();
    boolean locked = secret.getKeyEncryptionAlgorithm() != 0;
    if (locked && passphrase.isEmpty()) {
      throw problem("the key is protected by a passphrase; give it in APPLIANCE_SIGN_PASSPHRASE");
    }
    try {
      return secret.extractPrivateKey(
          new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
              .build(passphrase.toCharArray()));
    } catch (PGPException wrong) {
      throw problem("APPLIANCE_SIGN_PASSPHRASE does not open the key; correct it");
    }
  }

  private IllegalKey problem(String what) {
    return new IllegalKey(place + ": " + what);
  }
}

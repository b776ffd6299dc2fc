package org.airflowappliance.release;

import java.util.Optional;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKey;

/** The kinds of key that may sign a release: what rpm verifies and what is not too weak. */
public final class KeyKind {
  private static final int RSA_BITS = 4096;
  private static final int ED25519_BITS = 256;
  private static final String MAKE = "; make one with `appliance key generate FILE`";

  private KeyKind() {}

  /** What speaks against a key of this kind, and what to do; nothing when it may sign. */
  public static Optional<String> complaint(PGPPublicKey key) {
    return switch (key.getAlgorithm()) {
      case PublicKeyAlgorithmTags.RSA_GENERAL ->
          key.getBitStrength() >= RSA_BITS
              ? Optional.empty()
              : Optional.of(
                  "is an RSA key of %d bits, but a release is signed with %d or more%s"
                      .formatted(key.getBitStrength(), RSA_BITS, MAKE));
      case PublicKeyAlgorithmTags.EDDSA_LEGACY ->
          key.getBitStrength() <= ED25519_BITS
              ? Optional.empty()
              : Optional.of(
                  "is an EdDSA key of another curve than Ed25519, which rpm does not know");
      default ->
          Optional.of(
              "is a key of OpenPGP's algorithm %d, but a release is signed with RSA or Ed25519%s"
                  .formatted(key.getAlgorithm(), MAKE));
    };
  }
}

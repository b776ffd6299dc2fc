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
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.PGPDigestCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** Secret keys of all kinds, made as a test needs them. */
public final class Keys {
  public static final Instant CREATED = Instant.parse("2021-05-06T07:08:09Z");
  private static final String USER_ID = "Release key <release@example.org>";

  private Keys() {}

  /** A quick signer for tests of other packages. */
  public static PgpKey signer() throws IOException {
    return PgpKey.of("test key", ed25519(Optional.empty(), 0), Optional.empty());
  }

  /** {@code use} are the key's flags; 0 says nothing on its use. */
  static String ed25519(Optional<String> passphrase, int use) throws IOException {
    Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
    return armoured(
        PublicKeyAlgorithmTags.EDDSA_LEGACY, generator.generateKeyPair(), passphrase, use);
  }

  static String rsa(int bits) throws IOException {
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(BigInteger.valueOf(65537), new SecureRandom(), bits, 20));
    return armoured(
        PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair(), Optional.empty(), 0);
  }

  static String ecdsa() throws IOException {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(
        new ECKeyGenerationParameters(
            new ECNamedDomainParameters(
                X9ObjectIdentifiers.prime256v1, ECNamedCurveTable.getByName("P-256")),
            new SecureRandom()));
    return armoured(PublicKeyAlgorithmTags.ECDSA, generator.generateKeyPair(), Optional.empty(), 0);
  }

  private static String armoured(
      int algorithm, AsymmetricCipherKeyPair pair, Optional<String> passphrase, int use)
      throws IOException {
    try {
      PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
      hashed.setSignatureCreationTime(false, Date.from(CREATED));
      if (use != 0) {
        hashed.setKeyFlags(false, use);
      }
      PGPDigestCalculator sha1 = new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1);
      PBESecretKeyEncryptor lock =
          new BcPBESecretKeyEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256, sha1)
              .build(passphrase.orElse("").toCharArray());
      PGPSecretKeyRing ring =
          new PGPKeyRingGenerator(
                  PGPSignature.POSITIVE_CERTIFICATION,
                  new BcPGPKeyPair(PublicKeyPacket.VERSION_4, algorithm, pair, Date.from(CREATED)),
                  USER_ID,
                  sha1,
                  hashed.generate(),
                  null,
                  new BcPGPContentSignerBuilder(algorithm, HashAlgorithmTags.SHA256),
                  passphrase.isPresent() ? lock : null)
              .generateSecretKeyRing();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream armour = PublicPart.armour(out)) {
        ring.encode(armour);
      }
      return out.toString(StandardCharsets.US_ASCII);
    } catch (PGPException problem) {
      throw new IOException(problem);
    }
  }
}

package org.airflowappliance.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import org.airflowappliance.plan.Signer;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyConverter;

/**
 * An OpenPGP key that signs a release: RSA of 4096 bits or more, or Ed25519.
 *
 * <p>Its signatures hold nothing random, so the same bytes, time and key give the same signature.
 */
public final class PgpKey implements Signer {
  private final PGPSecretKeyRing ring;
  private final PGPPrivateKey secret;

  private PgpKey(PGPSecretKeyRing ring, PGPPrivateKey secret) {
    this.ring = ring;
    this.secret = secret;
  }

  /**
   * Reads an ASCII-armoured secret key, such as {@code gpg --armor --export-secret-keys} writes.
   *
   * @param passphrase of a protected key
   * @throws IllegalKey when the file holds no key that can sign a release
   */
  public static PgpKey read(Path file, Optional<String> passphrase) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalKey(
          file + ": cannot be read; give an ASCII-armoured OpenPGP secret key with --sign-key");
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    return of(file.toString(), text, passphrase);
  }

  /** The public part of a secret key, ASCII-armoured; its passphrase is not needed. */
  public static String publicPart(Path file) throws IOException {
    return armoured(secretPart(file));
  }

  /** The same in PEM form (SubjectPublicKeyInfo), as what knows no OpenPGP takes it. */
  public static String publicPem(Path file) throws IOException {
    try {
      byte[] encoded =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                  new BcPGPKeyConverter().getPublicKey(secretPart(file).getPublicKey()))
              .getEncoded();
      return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
          .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded));
    } catch (PGPException problem) {
      throw new IOException(file + ": the key cannot be written in PEM form", problem);
    }
  }

  private static PGPSecretKeyRing secretPart(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalKey(file + ": is no file; name an ASCII-armoured OpenPGP secret key");
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    return new SecretKeyText(file.toString(), text).ring();
  }

  /** The development key kept in {@code folder}, made at the first call; its user id says so. */
  public static PgpKey development(Path folder) throws IOException {
    return read(DevelopmentKey.in(folder), Optional.empty());
  }

  /**
   * Reads an ASCII-armoured secret key.
   *
   * @param place where the text stands, for errors
   * @param passphrase of a protected key
   * @throws IllegalKey when it is no key that can sign a release
   */
  public static PgpKey of(String place, String armoured, Optional<String> passphrase)
      throws IOException {
    SecretKeyText text = new SecretKeyText(place, armoured);
    PGPSecretKeyRing ring = text.ring();
    return new PgpKey(ring, text.unlocked(ring, passphrase.orElse("")));
  }

  /** What a user should know before a release is signed with this key. */
  public Optional<String> warning() {
    return isRsa()
        ? Optional.empty()
        : Optional.of(
            "key "
                + fingerprint()
                + " is Ed25519, which EL8's rpm 4.14 is not known to verify; RSA-4096 is safe");
  }

  @Override
  public boolean isRsa() {
    return key().getAlgorithm() == PublicKeyAlgorithmTags.RSA_GENERAL;
  }

  @Override
  public String fingerprint() {
    return HexFormat.of().withUpperCase().formatHex(key().getFingerprint());
  }

  @Override
  public String userId() {
    return key().getUserIDs().next();
  }

  @Override
  public String publicKey() {
    return armoured(ring);
  }

  private static String armoured(PGPSecretKeyRing ring) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream armour = armour(out)) {
        ring.toCertificate().encode(armour);
      }
      return out.toString(StandardCharsets.US_ASCII);
    } catch (IOException impossible) {
      throw new IllegalStateException("writing to memory failed", impossible);
    }
  }

  @Override
  public byte[] sign(InputStream data, Instant time) throws IOException {
    try {
      // A signature older than its key would be refused by gpg, and the release's time may be.
      long created = key().getCreationTime().getTime();
      Instant signed = time.toEpochMilli() < created ? Instant.ofEpochMilli(created) : time;
      PGPSignatureGenerator generator =
          new PGPSignatureGenerator(
              new BcPGPContentSignerBuilder(key().getAlgorithm(), HashAlgorithmTags.SHA256), key());
      generator.init(PGPSignature.BINARY_DOCUMENT, secret);
      PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
      hashed.setSignatureCreationTime(false, Date.from(signed));
      hashed.setIssuerFingerprint(false, key());
      hashed.setIssuerKeyID(false, key().getKeyID());
      generator.setHashedSubpackets(hashed.generate());
      byte[] part = new byte[1 << 16];
      for (int count = data.read(part); count >= 0; count = data.read(part)) {
        generator.update(part, 0, count);
      }
      return generator.generate().getEncoded();
    } catch (PGPException problem) {
      throw new IOException("signing with key " + fingerprint() + " failed", problem);
    }
  }

  @Override
  public String signArmored(InputStream data, Instant time) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream armour = armour(out)) {
      armour.write(sign(data, time));
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public byte[] signBare(byte[] data) throws IOException {
    try {
      org.bouncycastle.crypto.Signer bare =
          isRsa() ? new RSADigestSigner(new SHA256Digest()) : new Ed25519Signer();
      bare.init(true, new BcPGPKeyConverter().getPrivateKey(secret));
      bare.update(data, 0, data.length);
      return bare.generateSignature();
    } catch (PGPException | CryptoException problem) {
      throw new IOException("signing with key " + fingerprint() + " failed", problem);
    }
  }

  /** Armour without the library's version, which is not the release's business. */
  static OutputStream armour(OutputStream out) {
    return ArmoredOutputStream.builder().clearHeaders().build(out);
  }

  private PGPPublicKey key() {
    return ring.getPublicKey();
  }
}

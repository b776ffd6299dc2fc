package org.airflowappliance.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import org.airflowappliance.plan.Signer;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;

/**
 * An OpenPGP key that signs a release: RSA of 4096 bits or more, or Ed25519.
 *
 * <p>Its signatures hold nothing random, so the same bytes, time and key give the same signature.
 */
public final class PgpKey implements Signer {
  private final PublicPart part;
  private final SecretPart secret;

  private PgpKey(PublicPart part, SecretPart secret) {
    this.part = part;
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
  public static PgpKey of(String place, String armoured, Optional<String> passphrase) {
    SecretKeyText text = new SecretKeyText(place, armoured);
    PGPSecretKeyRing ring = text.ring();
    return new PgpKey(
        new PublicPart(ring.toCertificate()),
        new OwnSecret(text.unlocked(ring, passphrase.orElse(""))));
  }

  /**
   * A key of the user's GnuPG, whose secret part stays with gpg-agent.
   *
   * @param name its fingerprint, or what else {@code gpg} knows it by
   * @throws IllegalKey when there is none, or the agent cannot sign a release with it
   */
  public static PgpKey ofAgent(String name) throws IOException {
    return ofAgent(name, new Gpg(Optional.empty()));
  }

  static PgpKey ofAgent(String name, Gpg gpg) throws IOException {
    String place = "gpg's key " + name;
    String exported = gpg.gpg("--armor", "--export", "--", name);
    if (exported.isBlank()) {
      throw new IllegalKey(place + ": there is none; see `gpg --list-secret-keys`");
    }
    PublicPart part = PublicPart.of(place, exported);
    if (part.key().getAlgorithm() != PublicKeyAlgorithmTags.RSA_GENERAL) {
      throw new IllegalKey(
          place + ": is no RSA key, and gpg-agent signs releases with RSA only; give another");
    }
    String listed = gpg.gpg("--with-colons", "--with-keygrip", "--list-secret-keys", "--", name);
    String grip =
        Arrays.stream(listed.split("\n"))
            .filter(line -> line.startsWith("grp:"))
            .map(line -> line.split(":")[9])
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalKey(
                        place + ": its secret part is not there; see `gpg --list-secret-keys`"));
    return new PgpKey(part, new AgentSecret(grip, (part.key().getBitStrength() + 7) / 8, gpg));
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
    return part.armoured();
  }

  @Override
  public byte[] sign(InputStream data, Instant time) throws IOException {
    try {
      // A signature older than its key would be refused by gpg, and the release's time may be.
      long created = key().getCreationTime().getTime();
      Instant signed = time.toEpochMilli() < created ? Instant.ofEpochMilli(created) : time;
      PGPSignatureGenerator generator = secret.begin(key());
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
    try (OutputStream armour = PublicPart.armour(out)) {
      armour.write(sign(data, time));
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public byte[] signBare(byte[] data) throws IOException {
    return secret.bare(data);
  }

  private PGPPublicKey key() {
    return part.key();
  }
}

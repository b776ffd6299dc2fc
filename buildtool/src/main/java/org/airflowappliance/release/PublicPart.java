package org.airflowappliance.release;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyConverter;

/**
 * The public part of a key that signs releases, in the forms that others take.
 *
 * @param ring the key with its user ids and what is signed about them
 */
public record PublicPart(PGPPublicKeyRing ring) {
  private static final String SECRET = "-----BEGIN PGP PRIVATE KEY BLOCK-----";

  /**
   * Reads it from the file of a secret key, whose passphrase is not needed, or from its own.
   *
   * @throws IllegalKey when the file holds no key that can sign a release
   */
  public static PublicPart of(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalKey(file + ": is no file; name an ASCII-armoured OpenPGP key");
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    return text.contains(SECRET)
        ? new PublicPart(new SecretKeyText(file.toString(), text).ring().toCertificate())
        : of(file.toString(), text);
  }

  /**
   * Reads an ASCII-armoured public key.
   *
   * @param place where the text stands, for errors
   */
  static PublicPart of(String place, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    BcPGPPublicKeyRingCollection rings;
    try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes))) {
      rings = new BcPGPPublicKeyRingCollection(in);
    } catch (IOException | PGPException | RuntimeException broken) {
      throw new IllegalKey(
          place + ": is no OpenPGP key (" + broken.getMessage() + "); export it again");
    }
    if (rings.size() != 1) {
      throw new IllegalKey(
          place + ": holds " + rings.size() + " keys; give the one that signs releases");
    }
    PGPPublicKeyRing ring = rings.getKeyRings().next();
    check(place, ring.getPublicKey());
    return new PublicPart(ring);
  }

  /**
   * Whether a primary key may sign a release.
   *
   * @param place where it stands, for errors
   * @throws IllegalKey when it may not
   */
  static void check(String place, PGPPublicKey key) {
    if (!key.getUserIDs().hasNext()) {
      throw new IllegalKey(
          place + ": the key has no user id, which rpm needs; add one with `gpg --edit-key`");
    }
    if (key.hasRevocation()) {
      throw new IllegalKey(place + ": the key is revoked; sign with another");
    }
    if (!maySign(key)) {
      throw new IllegalKey(
          place
              + ": the primary key may not sign, and rpm looks for no subkey; give a key that may");
    }
    KeyKind.complaint(key)
        .ifPresent(
            problem -> {
              throw new IllegalKey(place + ": " + problem);
            });
  }

  /** A key without a word on its use may be used for everything. */
  private static boolean maySign(PGPPublicKey key) {
    boolean says = false;
    for (Iterator<PGPSignature> own = key.getSignatures(); own.hasNext(); ) {
      PGPSignature each = own.next();
      if (each.getKeyID() == key.getKeyID() && each.getHashedSubPackets() != null) {
        int use = each.getHashedSubPackets().getKeyFlags();
        if ((use & KeyFlags.SIGN_DATA) != 0) {
          return true;
        }
        says |= use != 0;
      }
    }
    return !says;
  }

  PGPPublicKey key() {
    return ring.getPublicKey();
  }

  /** ASCII-armoured, as rpm, gpg and {@code verify --key} take it. */
  public String armoured() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream armour = armour(out)) {
        ring.encode(armour);
      }
      return out.toString(StandardCharsets.US_ASCII);
    } catch (IOException impossible) {
      throw new IllegalStateException("writing to memory failed", impossible);
    }
  }

  /** In PEM form (SubjectPublicKeyInfo), as what knows no OpenPGP takes it. */
  public String pem() throws IOException {
    try {
      byte[] encoded =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                  new BcPGPKeyConverter().getPublicKey(key()))
              .getEncoded();
      return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
          .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded));
    } catch (PGPException problem) {
      throw new IOException("the key cannot be written in PEM form", problem);
    }
  }

  /** Armour without the library's version, which is not the release's business. */
  static OutputStream armour(OutputStream out) {
    return ArmoredOutputStream.builder().clearHeaders().build(out);
  }
}

package org.airflowappliance.verify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.airflowappliance.release.KeyKind;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyConverter;

/**
 * The public OpenPGP key that a release has to be signed with. It came to whoever verifies by
 * another way than the release: a key that lies in the release proves nothing.
 */
public final class Certificate {
  private static final Set<Integer> HASHES =
      Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

  private final PGPPublicKey key;

  private Certificate(PGPPublicKey key) {
    this.key = key;
  }

  /**
   * Reads a public key, ASCII-armoured or not, such as {@code appliance key export} writes.
   *
   * @throws UnusableCertificate when it is none, several, or one that must not be trusted any more
   */
  public static Certificate read(Path file) throws IOException {
    Certificate certificate = ofOthers(file);
    KeyKind.complaint(certificate.key)
        .ifPresent(
            problem -> {
              throw new UnusableCertificate(file + ": " + problem);
            });
    return certificate;
  }

  /**
   * Reads the public key of who signs other packages than a release's, and chose the key's kind.
   *
   * @throws UnusableCertificate when it is none, several, or one that must not be trusted any more
   */
  public static Certificate ofOthers(Path file) throws IOException {
    PGPPublicKey key = only(file);
    if (key.hasRevocation()) {
      throw new UnusableCertificate(
          file + ": key " + fingerprint(key) + " is revoked; ask who signs for the new one");
    }
    long seconds = key.getValidSeconds();
    Instant end = key.getCreationTime().toInstant().plusSeconds(seconds);
    if (seconds != 0 && end.isBefore(Instant.now())) {
      throw new UnusableCertificate(
          file + ": key " + fingerprint(key) + " expired at " + end + "; ask for it anew");
    }
    return new Certificate(key);
  }

  /** The fingerprint of a public key that need not be trusted. */
  static String fingerprint(Path file) throws IOException {
    return fingerprint(only(file));
  }

  /** A certificate for looking whether signatures fit, which says nothing about whose they are. */
  static Certificate untrusted(Path file) throws IOException {
    return new Certificate(only(file));
  }

  private static PGPPublicKey only(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UnusableCertificate(file + ": is no file; name an OpenPGP public key");
    }
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (text.contains("PGP PRIVATE KEY BLOCK")) {
      throw new UnusableCertificate(
          file
              + ": is a secret key, which stays where releases are signed; write its public part with `appliance key export "
              + file
              + "`");
    }
    List<PGPPublicKeyRing> rings = new ArrayList<>();
    try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes))) {
      new BcPGPPublicKeyRingCollection(in).forEach(rings::add);
    } catch (IOException | PGPException | RuntimeException broken) {
      throw new UnusableCertificate(
          file + ": is no OpenPGP public key (" + broken.getMessage() + "); fetch it again");
    }
    // rpm takes every block of a file, the library the first one
    int blocks = text.split("-----BEGIN PGP", -1).length - 1;
    if (rings.size() != 1 || blocks > 1) {
      throw new UnusableCertificate(
          "%s: holds %d public keys; give the one that signs, alone in its file"
              .formatted(file, Math.max(rings.size(), blocks)));
    }
    return rings.get(0).getPublicKey();
  }

  /** Upper-case hexadecimal digits. */
  public String fingerprint() {
    return fingerprint(key);
  }

  /** The name that stands in it; empty when there is none. */
  public String userId() {
    return key.getUserIDs().hasNext() ? key.getUserIDs().next() : "";
  }

  private static String fingerprint(PGPPublicKey key) {
    return HexFormat.of().withUpperCase().formatHex(key.getFingerprint());
  }

  /**
   * What a signature is worth.
   *
   * @param problem what speaks against it; empty when nothing does
   * @param ofSignature whether that is the signature's fault and not of what it signs
   */
  record Verdict(String problem, boolean ofSignature) {
    boolean good() {
      return problem.isEmpty();
    }
  }

  /**
   * Whether a detached signature is this key's over these bytes.
   *
   * @param signature armoured or not
   */
  Verdict verdict(byte[] signature, InputStream data) throws IOException {
    List<PGPSignature> found = new ArrayList<>();
    try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(signature))) {
      BcPGPObjectFactory objects = new BcPGPObjectFactory(in);
      for (Object each = objects.nextObject(); each != null; each = objects.nextObject()) {
        if (each instanceof PGPSignatureList list) {
          list.forEach(found::add);
        }
      }
    } catch (IOException | RuntimeException damaged) {
      return new Verdict(
          "holds a damaged OpenPGP signature (" + damaged.getMessage() + "); fetch it again", true);
    }
    for (PGPSignature each : found) {
      if (each.getKeyID() == key.getKeyID()) {
        return verdict(each, data);
      }
    }
    return found.isEmpty()
        ? new Verdict("holds no OpenPGP signature; fetch it again", true)
        : new Verdict(
            "is signed by key %016X, not by %s; fetch it from who signs it"
                .formatted(found.get(0).getKeyID(), fingerprint()),
            false);
  }

  /** Whether a bare signature is this key's over these bytes. */
  boolean isBare(byte[] signature, byte[] data) throws IOException {
    try {
      AsymmetricKeyParameter bare = new BcPGPKeyConverter().getPublicKey(key);
      Signer verifier =
          bare instanceof RSAKeyParameters
              ? new RSADigestSigner(new SHA256Digest())
              : new Ed25519Signer();
      verifier.init(false, bare);
      verifier.update(data, 0, data.length);
      return verifier.verifySignature(signature);
    } catch (PGPException problem) {
      throw new IOException("key " + fingerprint() + " cannot be used", problem);
    }
  }

  private Verdict verdict(PGPSignature signature, InputStream data) throws IOException {
    if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
      return new Verdict("holds a signature of another kind than one over a file", true);
    }
    if (!HASHES.contains(signature.getHashAlgorithm())) {
      return new Verdict(
          "holds a signature with OpenPGP's hash "
              + signature.getHashAlgorithm()
              + ", which is weaker than SHA-256",
          true);
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), key);
      byte[] part = new byte[1 << 16];
      for (int count = data.read(part); count >= 0; count = data.read(part)) {
        signature.update(part, 0, count);
      }
      return signature.verify()
          ? new Verdict("", false)
          : new Verdict("is not what key " + fingerprint() + " has signed; fetch it again", false);
    } catch (PGPException | RuntimeException problem) {
      return new Verdict(
          "holds a damaged signature (" + problem.getMessage() + "); fetch it again", true);
    }
  }
}

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
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

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
    byte[] bytes = Files.readAllBytes(file);
    if (new String(bytes, StandardCharsets.ISO_8859_1).contains("PGP PRIVATE KEY BLOCK")) {
      throw new UnusableCertificate(
          file
              + ": is a secret key, which stays where releases are signed;"
              + " write its public part with `appliance key export "
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
    if (rings.size() != 1) {
      throw new UnusableCertificate(
          file + ": holds " + rings.size() + " public keys; give the one that signs releases");
    }
    PGPPublicKey key = rings.get(0).getPublicKey();
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
   * What speaks against a detached signature; nothing when it is this key's over these bytes.
   *
   * @param signature armoured or not
   */
  public Optional<String> complaint(byte[] signature, InputStream data) throws IOException {
    List<PGPSignature> found = signatures(signature);
    if (found.isEmpty()) {
      return Optional.of("holds no OpenPGP signature");
    }
    for (PGPSignature each : found) {
      if (each.getKeyID() == key.getKeyID()) {
        return complaint(each, data);
      }
    }
    return Optional.of(
        "is signed by key %016X, not by %s".formatted(found.get(0).getKeyID(), fingerprint()));
  }

  private static List<PGPSignature> signatures(byte[] bytes) {
    List<PGPSignature> all = new ArrayList<>();
    try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes))) {
      BcPGPObjectFactory objects = new BcPGPObjectFactory(in);
      for (Object each = objects.nextObject(); each != null; each = objects.nextObject()) {
        if (each instanceof PGPSignatureList list) {
          list.forEach(all::add);
        }
      }
    } catch (IOException | RuntimeException damaged) {
      // what is no signature is told as none
      return List.of();
    }
    return all;
  }

  private Optional<String> complaint(PGPSignature signature, InputStream data) throws IOException {
    if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
      return Optional.of("has a signature of another kind than one over a file");
    }
    if (!HASHES.contains(signature.getHashAlgorithm())) {
      return Optional.of(
          "has a signature with OpenPGP's hash "
              + signature.getHashAlgorithm()
              + ", which is weaker than SHA-256");
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), key);
      byte[] part = new byte[1 << 16];
      for (int count = data.read(part); count >= 0; count = data.read(part)) {
        signature.update(part, 0, count);
      }
      return signature.verify()
          ? Optional.empty()
          : Optional.of("is not what key " + fingerprint() + " has signed");
    } catch (PGPException problem) {
      return Optional.of("has a damaged signature (" + problem.getMessage() + ")");
    }
  }
}

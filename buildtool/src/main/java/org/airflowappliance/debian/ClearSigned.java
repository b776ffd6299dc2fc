package org.airflowappliance.debian;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.airflowappliance.lock.StoreProblem;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * A text with OpenPGP signatures around it, as {@code InRelease} is.
 *
 * @param place where it came from, for errors
 * @param text what is signed, lines ended by line feeds
 * @param signatures those below it
 */
record ClearSigned(String place, String text, List<PGPSignature> signatures) {
  private static final Set<Integer> STRONG =
      Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

  static ClearSigned read(String place, byte[] bytes) throws IOException {
    ArmoredInputStream armor = new ArmoredInputStream(new ByteArrayInputStream(bytes));
    if (!armor.isClearText()) {
      throw new StoreProblem(place + ": is not a signed text; name another mirror");
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int next = armor.read(); next >= 0 && armor.isClearText(); next = armor.read()) {
      text.write(next);
    }
    Object packet = new BcPGPObjectFactory(armor).nextObject();
    List<PGPSignature> signatures = new ArrayList<>();
    if (packet instanceof PGPSignatureList list) {
      list.forEach(signatures::add);
    }
    return new ClearSigned(
        place,
        text.toString(StandardCharsets.UTF_8).replace("\r\n", "\n"),
        List.copyOf(signatures));
  }

  /** The text, if at least one signature is good and by a key of {@code keyring}. */
  String verified(Path keyring) throws IOException {
    PGPPublicKeyRingCollection keys = keys(keyring);
    try {
      for (PGPSignature signature : signatures) {
        PGPPublicKey key = keys.getPublicKey(signature.getKeyID());
        if (key != null && mayHaveSigned(key, signature) && isGood(key, signature)) {
          return text;
        }
      }
    } catch (PGPException problem) {
      throw new StoreProblem(place + ": its signatures cannot be read", problem);
    }
    throw new StoreProblem(
        place
            + ": no good signature by a key of "
            + keyring
            + "; it is signed by "
            + signatures.stream()
                .map(each -> String.format("%016X", each.getKeyID()))
                .collect(Collectors.joining(", "))
            + "; name another mirror, or update the package debian-archive-keyring");
  }

  private static PGPPublicKeyRingCollection keys(Path keyring) throws IOException {
    if (!Files.isRegularFile(keyring)) {
      throw new StoreProblem(
          keyring
              + ": there is no such keyring; install the package debian-archive-keyring or give"
              + " --debian-keyring FILE");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(keyring))) {
      return new BcPGPPublicKeyRingCollection(PGPUtil.getDecoderStream(in));
    } catch (PGPException problem) {
      throw new StoreProblem(keyring + ": is not an OpenPGP keyring", problem);
    }
  }

  /** The key has to have been valid when it signed; an archive that is frozen keeps its keys. */
  private static boolean mayHaveSigned(PGPPublicKey key, PGPSignature signature) {
    long seconds = (signature.getCreationTime().getTime() - key.getCreationTime().getTime()) / 1000;
    return !key.hasRevocation()
        && seconds >= 0
        && (key.getValidSeconds() == 0 || seconds <= key.getValidSeconds())
        && STRONG.contains(signature.getHashAlgorithm())
        && signature.getSignatureType() == PGPSignature.CANONICAL_TEXT_DOCUMENT;
  }

  /** A signed text is taken with its trailing blanks cut and its lines ended by CR LF. */
  private boolean isGood(PGPPublicKey key, PGPSignature signature) throws PGPException {
    signature.init(new BcPGPContentVerifierBuilderProvider(), key);
    String canonical =
        text.lines()
            .map(line -> line.replaceFirst("[ \\t]+$", ""))
            .collect(Collectors.joining("\r\n"));
    signature.update(canonical.getBytes(StandardCharsets.UTF_8));
    return signature.verify();
  }
}

package org.airflowappliance.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** The key that signs while no other is given: made once and kept, so that releases stay equal. */
final class DevelopmentKey {
  static final String USER_ID = "Airflow appliance DEVELOPMENT key (not for production)";
  // Before any release, so that gpg never finds a signature older than its key.
  private static final Date CREATED = Date.from(Instant.parse("2020-01-01T00:00:00Z"));
  private static final int BITS = 4096;
  private static final int CERTAINTY = 100;

  private DevelopmentKey() {}

  /** The key's file below {@code folder}. */
  static Path in(Path folder) throws IOException {
    Path file = folder.resolve("development.asc");
    if (Files.exists(file)) {
      return file;
    }
    Files.createDirectories(folder);
    synchronized (DevelopmentKey.class) {
      // Two builds that begin together must end up with one key.
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve("development.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.exists(file)) {
          store(file, secretKey());
        }
      }
    }
    return file;
  }

  private static void store(Path file, String key) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            "development",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, key, StandardCharsets.US_ASCII);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String secretKey() throws IOException {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream armour = PgpKey.armour(out)) {
        ring().generateSecretKeyRing().encode(armour);
      }
      return out.toString(StandardCharsets.US_ASCII);
    } catch (PGPException problem) {
      throw new IOException("making the development key failed", problem);
    }
  }

  private static PGPKeyRingGenerator ring() throws PGPException {
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(
            BigInteger.valueOf(65537), new SecureRandom(), BITS, CERTAINTY));
    PGPKeyPair pair =
        new BcPGPKeyPair(
            PublicKeyPacket.VERSION_4,
            PublicKeyAlgorithmTags.RSA_GENERAL,
            generator.generateKeyPair(),
            CREATED);
    PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
    hashed.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
    hashed.setSignatureCreationTime(false, CREATED);
    hashed.setPreferredHashAlgorithms(false, new int[] {HashAlgorithmTags.SHA256});
    return new PGPKeyRingGenerator(
        PGPSignature.POSITIVE_CERTIFICATION,
        pair,
        USER_ID,
        new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
        hashed.generate(),
        null,
        new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256),
        null);
  }
}

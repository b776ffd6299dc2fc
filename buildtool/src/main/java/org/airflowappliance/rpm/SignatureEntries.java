package org.airflowappliance.rpm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.airflowappliance.file.Tally;
import org.airflowappliance.plan.Signer;

/**
 * The signature header's entries: digests and the OpenPGP signature of the main header, which in
 * turn holds the digests of payload and files.
 */
final class SignatureEntries {
  private SignatureEntries() {}

  static List<Entry> of(byte[] header, Path archive, Payload payload, Signer signer, Instant epoch)
      throws IOException {
    return List.of(
        Entry.bytes(
            signer.isRsa() ? RpmTag.SIGNED_BY_RSA : RpmTag.SIGNED_BY_DSA,
            signer.sign(new ByteArrayInputStream(header), epoch)),
        Entry.text(RpmTag.SHA1_OF_HEADER, hex("SHA-1", header)),
        Entry.text(RpmTag.SHA256_OF_HEADER, hex("SHA-256", header)),
        Entry.int32(RpmTag.SIZE_OF_HEADER_AND_PAYLOAD, header.length + Files.size(archive)),
        Entry.bytes(RpmTag.MD5_OF_HEADER_AND_PAYLOAD, md5(header, archive)),
        Entry.int32(RpmTag.PAYLOAD_SIZE, payload.size()));
  }

  private static String hex(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(Tally.digest(algorithm).digest(bytes));
  }

  /** Old rpms check this one; newer ones rely on the header's signature. */
  private static byte[] md5(byte[] header, Path archive) throws IOException {
    MessageDigest md5 = Tally.digest("MD5");
    md5.update(header);
    try (InputStream in = new DigestInputStream(Files.newInputStream(archive), md5)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return md5.digest();
  }
}

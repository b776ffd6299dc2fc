package org.airflowappliance.rpm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.airflowappliance.file.Tally;

/**
 * What keeps a package from being changed unseen: the signature over its header, which in turn
 * holds the digest of the payload.
 *
 * @param tags the main header
 * @param header its bytes, which are signed
 * @param signature OpenPGP's packet; no bytes when there is none
 * @param complaints what does not fit in the package itself
 */
public record RpmSeal(TagTable tags, byte[] header, byte[] signature, List<String> complaints) {
  private static final int SHA256 = 8;

  /** Reads a package once, from its start to its end. */
  public static RpmSeal of(Path rpm) throws IOException {
    RpmHeader headers = RpmHeader.read(rpm);
    List<String> complaints = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(rpm))) {
      in.skipNBytes(headers.start());
      byte[] header = in.readNBytes((int) (headers.end() - headers.start()));
      compare(
          "header",
          headers.signature().text(RpmTag.SHA256_OF_HEADER),
          HexFormat.of().formatHex(Tally.digest("SHA-256").digest(header)),
          complaints);
      payload(headers.tags(), in, complaints);
      TagTable signature = headers.signature();
      byte[] packet =
          signature.bytes(
              signature.has(RpmTag.SIGNED_BY_RSA) ? RpmTag.SIGNED_BY_RSA : RpmTag.SIGNED_BY_DSA);
      return new RpmSeal(headers.tags(), header, packet, complaints);
    }
  }

  private static void payload(TagTable tags, InputStream in, List<String> complaints)
      throws IOException {
    if (tags.number(RpmTag.PAYLOAD_DIGEST_ALGORITHM) != SHA256) {
      complaints.add("its header holds no SHA-256 of the payload");
      return;
    }
    try (Tally bytes = new Tally(OutputStream.nullOutputStream())) {
      in.transferTo(bytes);
      compare("payload", tags.text(RpmTag.PAYLOAD_DIGEST), bytes.hex(), complaints);
    }
  }

  private static void compare(String what, String said, String is, List<String> complaints) {
    if (!said.equals(is)) {
      complaints.add("its %s has sha256 %s, but it says %s".formatted(what, is, said));
    }
  }

  /** How the file of such a package is called. */
  public String fileName() {
    return "%s-%s-%s.%s.rpm"
        .formatted(
            tags.text(RpmTag.NAME),
            tags.text(RpmTag.VERSION),
            tags.text(RpmTag.RELEASE),
            tags.text(RpmTag.ARCH));
  }
}

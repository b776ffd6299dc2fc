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
 * @param header what the package says
 * @param signedBytes the main header as it stands in the file
 * @param signature OpenPGP's packet; no bytes when there is none
 * @param complaints what does not fit in the package itself
 */
public record RpmSeal(
    RpmHeader header, byte[] signedBytes, byte[] signature, List<String> complaints) {
  private static final int SHA256 = 8;

  // rpm's bits of a comparison: less, greater, equal
  private static final int COMPARISON = 1 << 1 | 1 << 2 | 1 << 3;
  private static final int EQUAL = 1 << 3;

  /** Reads a package once, from its start to its end. */
  public static RpmSeal of(Path rpm) throws IOException {
    RpmHeader header = RpmHeader.read(rpm);
    List<String> complaints = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(rpm))) {
      in.skipNBytes(header.start());
      byte[] signed = in.readNBytes((int) (header.end() - header.start()));
      TagTable signature = header.signature();
      compare(
          "header",
          signature.text(RpmTag.SHA256_OF_HEADER),
          HexFormat.of().formatHex(Tally.digest("SHA-256").digest(signed)),
          complaints);
      payload(header.tags(), in, complaints);
      byte[] packet =
          signature.bytes(
              signature.has(RpmTag.SIGNED_BY_RSA) ? RpmTag.SIGNED_BY_RSA : RpmTag.SIGNED_BY_DSA);
      return new RpmSeal(header, signed, packet, complaints);
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

  /** The package's name. */
  public String name() {
    return header.tags().text(RpmTag.NAME);
  }

  /** Version and release, with a hyphen between. */
  public String version() {
    return header.tags().text(RpmTag.VERSION) + "-" + header.tags().text(RpmTag.RELEASE);
  }

  /** How the file of such a package is called. */
  public String fileName() {
    return "%s-%s.%s.rpm".formatted(name(), version(), header.tags().text(RpmTag.ARCH));
  }

  /** The version that it wants of a package exactly; empty when it does not. */
  public String exactly(String wanted) {
    TagTable tags = header.tags();
    List<String> names = tags.texts(RpmTag.REQUIRE_NAMES);
    long[] flags = tags.numbers(RpmTag.REQUIRE_FLAGS);
    for (int at = 0; at < names.size(); at++) {
      if (names.get(at).equals(wanted) && (flags[at] & COMPARISON) == EQUAL) {
        return tags.texts(RpmTag.REQUIRE_VERSIONS).get(at);
      }
    }
    return "";
  }
}

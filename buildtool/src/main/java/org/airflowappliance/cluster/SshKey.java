package org.airflowappliance.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Checks the form of OpenSSH public keys. */
final class SshKey {
  /** What the OpenSSH 8.0 of Enterprise Linux 8 takes. */
  private static final List<String> TYPES =
      List.of(
          "ssh-ed25519",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "ssh-rsa");

  private SshKey() {}

  /** What is wrong with a line of authorized_keys without options. */
  static Optional<String> problem(String line) {
    if (line.contains("PRIVATE KEY")) {
      return Optional.of(
          "is a private key, which must not be shared; give the line of its .pub file and make"
              + " a new key");
    }
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !TYPES.contains(words[0])) {
      return Optional.of(
          "%s does not begin with a key's type; write TYPE BASE64 [COMMENT] with a type of %s"
              .formatted(Problems.quote(words[0]), String.join(", ", TYPES)));
    }
    if (words.length == 3 && !words[2].matches("[^\\p{Cntrl}\"\\\\]*")) {
      return Optional.of(
          "the comment after the key has a quote, a backslash or a control character, which no"
              + " kickstart can carry; leave it out");
    }
    Optional<String> inner = inner(words[1]);
    if (inner.isEmpty()) {
      return Optional.of(
          "the second word is not a key in base64; copy the line of the .pub file whole");
    }
    return inner.get().equals(words[0])
        ? Optional.empty()
        : Optional.of(
            "the type before the key is '%s', the key itself says %s; copy the line of the .pub file whole"
                .formatted(words[0], Problems.quote(inner.get())));
  }

  /** The type that the key's bytes name: a length of four bytes, then the name. */
  private static Optional<String> inner(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException broken) {
      return Optional.empty();
    }
    int length = bytes.length < 32 ? -1 : ByteBuffer.wrap(bytes).getInt();
    if (length < 0 || length > Math.min(32, bytes.length - 4)) {
      return Optional.empty();
    }
    return Optional.of(new String(bytes, 4, length, StandardCharsets.US_ASCII));
  }
}

package org.airflowappliance.diff;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of which only this is worth telling.
 *
 * @param size in bytes
 * @param sha256 digest
 */
record Bytes(long size, String sha256) {
  static Bytes of(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        long size = in.transferTo(OutputStream.nullOutputStream());
        return new Bytes(size, HexFormat.of().formatHex(digest.digest()));
      }
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java has SHA-256", absent);
    }
  }

  @Override
  public String toString() {
    return size + " bytes sha256 " + ListedFile.start(sha256);
  }
}

package org.airflowappliance.lock;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files, taken while they are copied, so that nothing is read twice. */
final class Digests {
  private Digests() {}

  record Copied(long size, String sha256) {}

  /** Copies a file; {@code target} is replaced. */
  static Copied copy(Path source, Path target) throws IOException {
    try (InputStream in = Files.newInputStream(source);
        OutputStream out = Files.newOutputStream(target)) {
      return copy(in, out, count -> {});
    }
  }

  /** Size and digest of a file. */
  static Copied of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return copy(in, OutputStream.nullOutputStream(), count -> {});
    }
  }

  interface Counter {
    void counted(long bytes);
  }

  static Copied copy(InputStream in, OutputStream out, Counter counter) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 18];
    long size = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      digest.update(buffer, 0, count);
      out.write(buffer, 0, count);
      size += count;
      counter.counted(size);
    }
    return new Copied(size, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java has SHA-256", absent);
    }
  }
}

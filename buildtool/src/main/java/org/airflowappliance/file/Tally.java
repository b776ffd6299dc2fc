package org.airflowappliance.file;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Passes bytes on, counting them and taking their SHA-256; closing it leaves the target open. */
public final class Tally extends FilterOutputStream {
  private final MessageDigest digest = digest("SHA-256");
  private long size;

  /** Passes on to {@code out}. */
  public Tally(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    digest.update(bytes, offset, length);
    size += length;
  }

  @Override
  public void close() throws IOException {
    flush();
  }

  /** How many bytes it were. */
  public long size() {
    return size;
  }

  /** The digest of all bytes so far; asked once, at the end. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Size and digest of a file, read once. */
  public static Tally of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        Tally whole = new Tally(OutputStream.nullOutputStream())) {
      in.transferTo(whole);
      return whole;
    }
  }

  /** An empty digest of an algorithm that every Java has. */
  public static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(algorithm + " is part of every Java platform", impossible);
    }
  }
}

package org.airflowappliance.rpm;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Passes bytes on, counting them and taking their SHA-256; closing it leaves the target open. */
final class Tally extends FilterOutputStream {
  private final MessageDigest digest = digest("SHA-256");
  private long size;

  Tally(OutputStream out) {
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

  long size() {
    return size;
  }

  /** The digest of all bytes so far; asked once, at the end. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(algorithm + " is part of every Java platform", impossible);
    }
  }
}

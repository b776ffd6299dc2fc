package org.airflowappliance.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a regular file, of a size that is known before they are read. */
public interface Content {
  /** Size in bytes. */
  long size() throws IOException;

  /** Writes all bytes to {@code out}, which stays open. */
  void writeTo(OutputStream out) throws IOException;

  /** All bytes at once; for small contents. */
  default byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeTo(out);
    return out.toByteArray();
  }

  /** Content of the given bytes, which are not copied. */
  static Content of(byte[] bytes) {
    return new Content() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
      }

      @Override
      public byte[] bytes() {
        return bytes;
      }
    };
  }

  /** Content of a text in UTF-8. */
  static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Content that is read from a file each time. */
  static Content of(Path file) {
    return new Content() {
      @Override
      public long size() throws IOException {
        return Files.size(file);
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        Files.copy(file, out);
      }
    };
  }
}

package org.airflowappliance.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

final class ParallelGzipTest {
  private static final byte[] BYTES = bytes(5 * ParallelGzip.BLOCK_SIZE / 2);

  @Test
  void isGzipOfTheSameBytes() throws IOException {
    byte[] compressed = compressed(BYTES, 3, BYTES.length);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes())
        .isEqualTo(BYTES);
  }

  @Test
  void bytesDependNeitherOnCoresNorOnTheSizeOfWrites() throws IOException {
    byte[] expected = compressed(BYTES, 1, BYTES.length);
    assertThat(compressed(BYTES, 8, BYTES.length)).isEqualTo(expected);
    assertThat(compressed(BYTES, 2, 4099)).isEqualTo(expected);
  }

  @Test
  void eachBlockIsAMemberOfItsOwn() throws IOException {
    byte[] whole = compressed(BYTES, 2, BYTES.length);
    byte[] first = new byte[ParallelGzip.BLOCK_SIZE];
    System.arraycopy(BYTES, 0, first, 0, first.length);
    byte[] member = compressed(first, 2, first.length);
    assertThat(whole).startsWith(member);
    assertThat(whole).hasSizeGreaterThan(member.length);
  }

  @Test
  void failureOfTheTargetIsPassedOn() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("no space left");
          }
        };
    assertThatThrownBy(
            () -> {
              try (ParallelGzip gzip = new ParallelGzip(full, 2)) {
                gzip.write(BYTES);
                gzip.finish();
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("no space left");
  }

  private static byte[] compressed(byte[] bytes, int cores, int part) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ParallelGzip gzip = new ParallelGzip(out, cores)) {
      for (int at = 0; at < bytes.length; at += part) {
        gzip.write(bytes, at, Math.min(part, bytes.length - at));
      }
      gzip.finish();
    }
    return out.toByteArray();
  }

  /** Words from a fixed seed, so that there is something to compress. */
  private static byte[] bytes(int length) {
    Random random = new Random(42);
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; at++) {
      bytes[at] = (byte) ('a' + random.nextInt(4));
    }
    return bytes;
  }
}

package org.airflowappliance.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of a file, taken in only when it is one that a person may have written. */
final class YamlText {
  /** In bytes; a cluster.yaml of a hundred nodes has 30,000. */
  static final int LIMIT = 1 << 20;

  private YamlText() {}

  static byte[] bytes(Path file, Problems problems) {
    if (Files.isDirectory(file)) {
      throw problems.fatal(Place.FILE, "is a folder; name the cluster.yaml in it");
    }
    if (!Files.exists(file)) {
      throw problems.fatal(
          Place.FILE, "there is no such file; `appliance init FILE` writes an example");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw tooLarge(Math.max(Files.size(file), bytes.length), problems);
      }
      return bytes;
    } catch (IOException unreadable) {
      throw problems.fatal(
          Place.FILE, "cannot be read (" + unreadable + "); check its owner and its mode");
    }
  }

  static InvalidCluster tooLarge(long size, Problems problems) {
    return problems.fatal(
        Place.FILE,
        "has %d bytes, at most %d are read; is this a cluster.yaml?".formatted(size, LIMIT));
  }

  /** Decodes strictly: a character that is not UTF-8 is a problem, not a question mark. */
  static String decode(byte[] bytes, Problems problems) {
    if (bytes.length > LIMIT) {
      throw tooLarge(bytes.length, problems);
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      throw problems.fatal(
          after(text),
          "the byte 0x%02x is not UTF-8; save the file in UTF-8".formatted(bytes[in.position()]));
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static Place after(String text) {
    int start = text.lastIndexOf('\n') + 1;
    return new Place(
        1 + (int) text.chars().filter(c -> c == '\n').count(),
        1 + text.codePointCount(start, text.length()));
  }
}

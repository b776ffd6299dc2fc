package org.airflowappliance.diff;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Unified diffs of texts. */
final class TextDiff {
  private static final int CONTEXT = 3;
  // A diff of more than this is read by nobody and takes long to make.
  private static final int LIMIT = 1 << 20;

  private TextDiff() {}

  /** The diff of two contents, or none when one of them is not a text. */
  static Optional<List<String>> of(byte[] old, byte[] fresh) {
    Optional<String> before = text(old);
    Optional<String> after = text(fresh);
    if (before.isEmpty() || after.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(of(before.get(), after.get()));
  }

  /** The diff of two files, or none when one of them is too big or not a text. */
  static Optional<List<String>> of(Path old, Path fresh) throws IOException {
    return Files.size(old) > LIMIT || Files.size(fresh) > LIMIT
        ? Optional.empty()
        : of(Files.readAllBytes(old), Files.readAllBytes(fresh));
  }

  static List<String> of(String old, String fresh) {
    List<String> before = lines(old);
    List<String> after = lines(fresh);
    List<String> unified =
        UnifiedDiffUtils.generateUnifiedDiff(
            "old", "new", before, DiffUtils.diff(before, after), CONTEXT);
    // The names of both sides stand in the headline above.
    return unified.isEmpty() ? unified : unified.subList(2, unified.size());
  }

  /** Lines; the last one says so when it has no end. */
  private static List<String> lines(String text) {
    List<String> lines = text.lines().toList();
    if (text.isEmpty() || text.endsWith("\n")) {
      return lines;
    }
    return List.of((text + " (no newline at the end)").split("\n"));
  }

  private static Optional<String> text(byte[] bytes) {
    if (bytes.length > LIMIT) {
      return Optional.empty();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException binary) {
      return Optional.empty();
    }
  }
}

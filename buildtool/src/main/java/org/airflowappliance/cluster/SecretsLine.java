package org.airflowappliance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A line of a secrets file that a command fills in; all others stay as they are.
 *
 * @param file an existing secrets file
 * @param key of the line
 */
public record SecretsLine(Path file, String key) {
  /**
   * Looks whether the line can be written, so that this is known before anything else is done.
   *
   * @throws UnreadableSecrets when it cannot
   */
  public void check() {
    line(SecretsText.of(file));
    Path folder = real().getParent();
    if (!Files.isWritable(real()) || !Files.isWritable(folder)) {
      throw new UnreadableSecrets(
          "%s: cannot be replaced, since it or the folder %s may not be written to; change the mode or the user"
              .formatted(file, folder));
    }
  }

  /**
   * Writes the file anew with this value, readable by its owner only.
   *
   * @return whether the value is another one than before
   */
  public boolean write(String value) {
    SecretKey.valueOf(key)
        .problem(value)
        .ifPresent(
            problem -> {
              throw new UnreadableSecrets(file + " " + key + ": the value " + problem);
            });
    String text = SecretsText.of(file);
    Optional<EnvironmentLine> line = line(text);
    if (line.map(found -> found.value().text()).equals(Optional.of(value))) {
      return false;
    }
    SecretsText.replace(
        file,
        line.map(found -> replaced(text, found.number(), value))
            .orElseGet(() -> appended(text, value)));
    return true;
  }

  private Optional<EnvironmentLine> line(String text) {
    List<EnvironmentLine> lines =
        EnvironmentLine.of(text).stream()
            .filter(line -> line.isSetting() && line.key().equals(key))
            .toList();
    if (lines.size() > 1) {
      throw problem(lines.get(1), "stands here twice; keep one");
    }
    for (EnvironmentLine line : lines) {
      if (!line.text().equals(chomped(lines(text)[line.number() - 1]))) {
        throw problem(line, "goes on in the next line; write it on one");
      }
    }
    return lines.stream().findFirst();
  }

  private UnreadableSecrets problem(EnvironmentLine line, String what) {
    return new UnreadableSecrets(
        new Problem(file.toString(), line.number(), 1, key, what).toString());
  }

  /** The file's lines, each with its end. */
  private static String[] lines(String text) {
    return text.split("(?<=\n)", -1);
  }

  private static String chomped(String line) {
    return line.replaceFirst("\r?\n$", "");
  }

  private String replaced(String text, int number, String value) {
    String[] lines = lines(text);
    String old = lines[number - 1];
    lines[number - 1] = key + "=" + quoted(value) + old.substring(chomped(old).length());
    return String.join("", lines);
  }

  private String appended(String text, String value) {
    String end = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
    return text + end + key + "=" + quoted(value) + "\n";
  }

  /** As systemd reads it back. */
  private static String quoted(String value) {
    return value.matches("[A-Za-z0-9._~+/=@:-]+")
        ? value
        : '"' + value.replaceAll("([\"\\\\`$])", "\\\\$1") + '"';
  }

  /** A link stays one. */
  private Path real() {
    try {
      return file.toRealPath();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}

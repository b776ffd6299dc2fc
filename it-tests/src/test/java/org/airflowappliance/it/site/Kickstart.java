package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A generated kickstart file, read as the installer reads it.
 *
 * @param text the whole file
 */
public record Kickstart(String text) {
  /** A file of a release. */
  public static Kickstart read(Path file) throws IOException {
    return new Kickstart(Files.readString(file));
  }

  /** What stands between a section's head, such as {@code %post}, and its end. */
  public String section(String head) {
    Matcher section = Pattern.compile("(?ms)^" + head + "\\b[^\n]*\n(.*?)^%end$").matcher(text);
    if (!section.find()) {
      throw new AssertionError("there is no section " + head + " in\n" + text);
    }
    return section.group(1);
  }

  /** Packages that are asked for. */
  public List<String> packages() {
    return section("%packages").lines().filter(line -> line.matches("[A-Za-z0-9].*")).toList();
  }

  /** Patterns of packages that are refused. */
  public List<String> refused() {
    return section("%packages")
        .lines()
        .filter(line -> line.startsWith("-"))
        .map(line -> line.substring(1))
        .toList();
  }
}

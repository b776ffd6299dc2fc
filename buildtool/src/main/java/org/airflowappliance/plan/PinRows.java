package org.airflowappliance.plan;

import java.util.List;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.template.IllegalDefinition;

/**
 * Lock files of Debian packages, such as {@code interpreter.lock}: rows of {@code name version
 * location size sha256}; lines that begin with # are comments.
 */
public final class PinRows {
  private PinRows() {}

  /**
   * The pins of a lock file.
   *
   * @throws IllegalDefinition when there is none, or a row is not one
   */
  public static List<Pin> read(Definitions definitions, String place) {
    return definitions
        .text(place)
        .lines()
        .filter(row -> !row.isBlank() && !row.startsWith("#"))
        .map(row -> pin(place, row.strip().split("\\s+")))
        .toList();
  }

  /** The text of a lock file. */
  public static String text(List<Pin> pins) {
    StringBuilder text = new StringBuilder("# name version location size sha256\n");
    for (Pin pin : pins) {
      text.append(
          String.join(
              " ",
              pin.name(),
              pin.version(),
              pin.location(),
              Long.toString(pin.size()),
              pin.sha256() + "\n"));
    }
    return text.toString();
  }

  private static Pin pin(String place, String[] row) {
    if (row.length != 5) {
      throw new IllegalDefinition(
          place
              + ": '"
              + String.join(" ", row)
              + "' has "
              + row.length
              + " columns instead of name, version, location, size, sha256; run `appliance lock`");
    }
    return IllegalDefinition.unlessRefused(
        place, () -> new Pin(row[0], row[1], row[2], Long.parseLong(row[3]), row[4]));
  }
}

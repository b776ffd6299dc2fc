package org.airflowappliance.template;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with {@code {{name}}} holes.
 *
 * @param place where the text stands, for errors
 * @param text the text
 */
public record Template(String place, String text) {
  private static final Pattern HOLE = Pattern.compile("\\{\\{\\s*([A-Za-z0-9_.-]+)\\s*}}");

  /** Names of all holes, sorted. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    Matcher hole = HOLE.matcher(text);
    while (hole.find()) {
      names.add(hole.group(1));
    }
    return names;
  }

  /**
   * The text with every hole filled.
   *
   * @throws IllegalDefinition when a hole has no value; all such names are in the message
   */
  public String fill(Map<String, String> values) {
    Set<String> missing = names();
    missing.removeAll(values.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalDefinition(
          "%s: no value for %s; correct the name or write another, known are %s"
              .formatted(place, missing, new TreeSet<>(values.keySet())));
    }
    return HOLE.matcher(text)
        .replaceAll(hole -> Matcher.quoteReplacement(values.get(hole.group(1))));
  }
}

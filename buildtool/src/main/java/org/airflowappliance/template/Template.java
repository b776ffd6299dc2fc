package org.airflowappliance.template;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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

  /** Those values that the text asks for, sorted: no other decides what it becomes. */
  public SortedMap<String, String> asked(Map<String, String> values) {
    SortedMap<String, String> asked = new TreeMap<>(values);
    asked.keySet().retainAll(names());
    return asked;
  }

  /**
   * Refuses a text that cannot be filled.
   *
   * @param known names that will have a value
   * @throws IllegalDefinition when a hole has none; all such names are in the message
   */
  public void require(Set<String> known) {
    Set<String> missing = names();
    missing.removeAll(known);
    if (!missing.isEmpty()) {
      throw new IllegalDefinition(
          "%s: no value for %s; correct the name or write another, known are %s"
              .formatted(place, missing, new TreeSet<>(known)));
    }
  }

  /**
   * The text with every hole filled; what a value holds is no hole.
   *
   * @throws IllegalDefinition when a hole has no value
   */
  public String fill(Map<String, String> values) {
    require(values.keySet());
    return HOLE.matcher(text)
        .replaceAll(hole -> Matcher.quoteReplacement(values.get(hole.group(1))));
  }
}

package org.airflowappliance.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.template.IllegalDefinition;
import org.airflowappliance.template.Template;

/**
 * Reads a definition such as {@code rpm/NAME/package.yaml}, its holes filled; an unknown key is an
 * error that names the file.
 */
public final class DefinitionYaml {
  private final String place;
  private final Map<?, ?> keys;

  private DefinitionYaml(String place, Map<?, ?> keys) {
    this.place = place;
    this.keys = keys;
  }

  /** The mapping in a file of the definitions. */
  public static DefinitionYaml read(
      Definitions definitions, String place, Map<String, String> holes) {
    String text = new Template(place, definitions.text(place)).fill(holes);
    return of(place, YamlText.read(place, text));
  }

  private static DefinitionYaml of(String place, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new DefinitionYaml(place, map);
    }
    throw new IllegalDefinition(
        place + ": '" + value + "' is not a mapping; write KEY: VALUE lines");
  }

  /**
   * The same mapping.
   *
   * @throws IllegalDefinition when it has another key than the known ones
   */
  public DefinitionYaml only(String... known) {
    for (Object key : keys.keySet()) {
      if (!List.of(known).contains(key)) {
        throw new IllegalDefinition(
            place
                + ": unknown key '"
                + key
                + "'; remove or correct it, known are "
                + String.join(", ", known));
      }
    }
    return this;
  }

  /** The file, and where in it, for errors. */
  public String place() {
    return place;
  }

  /**
   * The value of a key.
   *
   * @throws IllegalDefinition when there is none
   */
  public String text(String key) {
    Object value = keys.get(key);
    if (value == null) {
      throw new IllegalDefinition(place + ": the key '" + key + "' is missing; add it");
    }
    return value.toString();
  }

  /** The value of a key that may be left out. */
  public String text(String key, String otherwise) {
    return keys.containsKey(key) ? text(key) : otherwise;
  }

  /** The constant whose name is written so: in lower case, with hyphens. */
  public <E extends Enum<E>> E word(E[] all, String key, String word) {
    List<String> known = new ArrayList<>();
    for (E each : all) {
      known.add(each.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      if (known.get(known.size() - 1).equals(word)) {
        return each;
      }
    }
    throw new IllegalDefinition(
        "%s: %s: '%s' is not one of %s".formatted(place, key, word, String.join(", ", known)));
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return keys.containsKey(key);
  }

  /** The items of a list; none when the key is left out. */
  public List<String> texts(String key) {
    return keys.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** The keys and values of a mapping, sorted; none when the key is left out. */
  public Map<String, String> map(String key) {
    Map<String, String> found = new TreeMap<>();
    if (keys.get(key) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> found.put(String.valueOf(name), String.valueOf(value)));
    }
    return found;
  }

  /** A list of mappings; none when the key is left out. */
  public List<DefinitionYaml> children(String key) {
    return keys.get(key) instanceof List<?> list
        ? list.stream().map(child -> of(place + ": " + key, child)).toList()
        : List.of();
  }
}

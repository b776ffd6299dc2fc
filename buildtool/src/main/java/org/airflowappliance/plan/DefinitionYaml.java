package org.airflowappliance.plan;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.template.Template;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

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
    LoadSettings settings = LoadSettings.builder().setLabel(place).build();
    return of(place, new Load(settings).loadFromString(text));
  }

  private static DefinitionYaml of(String place, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new DefinitionYaml(place, map);
    }
    throw new IllegalArgumentException(
        place + ": '" + value + "' is not a mapping; write KEY: VALUE lines");
  }

  /**
   * The same mapping.
   *
   * @throws IllegalArgumentException when it has another key than the known ones
   */
  public DefinitionYaml only(String... known) {
    for (Object key : keys.keySet()) {
      if (!List.of(known).contains(key)) {
        throw new IllegalArgumentException(
            place + ": unknown key '" + key + "'; known are " + String.join(", ", known));
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
   * @throws IllegalArgumentException when there is none
   */
  public String text(String key) {
    Object value = keys.get(key);
    if (value == null) {
      throw new IllegalArgumentException(place + ": the key '" + key + "' is missing; add it");
    }
    return value.toString();
  }

  /** The value of a key that may be left out. */
  public String text(String key, String otherwise) {
    return keys.containsKey(key) ? text(key) : otherwise;
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return keys.containsKey(key);
  }

  /** The items of a list; none when the key is left out. */
  public List<String> texts(String key) {
    return keys.get(key) instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of();
  }

  /** The keys and values of a mapping, sorted; none when the key is left out. */
  public Map<String, String> map(String key) {
    Map<String, String> found = new TreeMap<>();
    if (keys.get(key) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> found.put(name.toString(), value.toString()));
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

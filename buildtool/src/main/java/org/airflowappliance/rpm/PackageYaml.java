package org.airflowappliance.rpm;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.template.Template;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads {@code rpm/NAME/package.yaml}, its holes filled; an unknown key is an error that names the
 * file.
 */
final class PackageYaml {
  private final String place;
  private final Map<?, ?> keys;

  private PackageYaml(String place, Map<?, ?> keys) {
    this.place = place;
    this.keys = keys;
  }

  static PackageYaml read(Definitions definitions, String place, Map<String, String> holes) {
    String text = new Template(place, definitions.text(place)).fill(holes);
    LoadSettings settings = LoadSettings.builder().setLabel(place).build();
    return of(place, new Load(settings).loadFromString(text));
  }

  private static PackageYaml of(String place, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new PackageYaml(place, map);
    }
    throw new IllegalArgumentException(
        place + ": '" + value + "' is not a mapping; write KEY: VALUE lines");
  }

  PackageYaml only(String... known) {
    for (Object key : keys.keySet()) {
      if (!List.of(known).contains(key)) {
        throw new IllegalArgumentException(
            place + ": unknown key '" + key + "'; known are " + String.join(", ", known));
      }
    }
    return this;
  }

  String place() {
    return place;
  }

  String text(String key) {
    Object value = keys.get(key);
    if (value == null) {
      throw new IllegalArgumentException(place + ": the key '" + key + "' is missing; add it");
    }
    return value.toString();
  }

  String text(String key, String otherwise) {
    return keys.containsKey(key) ? text(key) : otherwise;
  }

  boolean has(String key) {
    return keys.containsKey(key);
  }

  List<String> texts(String key) {
    return keys.get(key) instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of();
  }

  Map<String, String> map(String key) {
    Map<String, String> found = new TreeMap<>();
    if (keys.get(key) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> found.put(name.toString(), value.toString()));
    }
    return found;
  }

  List<PackageYaml> children(String key) {
    return keys.get(key) instanceof List<?> list
        ? list.stream().map(child -> of(place + ": " + key, child)).toList()
        : List.of();
  }
}

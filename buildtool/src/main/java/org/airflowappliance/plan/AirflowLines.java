package org.airflowappliance.plan;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.template.IllegalDefinition;

/** Reads the Airflow lines of the definitions: one folder {@code rpm/lines/VERSION} each. */
public final class AirflowLines {
  private static final String FOLDER = "rpm/lines/";

  private AirflowLines() {}

  /** Versions that have a line, sorted. */
  public static List<String> versions(Definitions definitions) {
    TreeSet<String> versions = new TreeSet<>();
    for (String file : definitions.files("rpm/lines")) {
      if (file.endsWith("/line.yaml")) {
        versions.add(file.substring(FOLDER.length(), file.lastIndexOf('/')));
      }
    }
    return List.copyOf(versions);
  }

  /**
   * The line of a version.
   *
   * @throws IllegalDefinition when there is none, or a file of it cannot be read
   */
  public static AirflowLine read(Definitions definitions, String version) {
    String folder = FOLDER + version + "/";
    Map<String, String> line = line(definitions, folder + "line.yaml");
    return new AirflowLine(
        version,
        line.get("python"),
        serial(folder + "line.yaml", line.get("serial")),
        locked(folder + "line.yaml", line.get("locked")),
        definitions.text(folder + "requirements.lock"),
        definitions.text(folder + "build.lock"),
        definitions.text(folder + "tools.lock"),
        PinRows.read(definitions, folder + "interpreter.lock"));
  }

  /**
   * What the locks of a version are resolved from.
   *
   * @throws IllegalDefinition when there is no such line, or a file of it cannot be read
   */
  public static LineSource source(Definitions definitions, String version) {
    String folder = FOLDER + version + "/";
    String place = folder + "line.yaml";
    Map<String, String> line = line(definitions, place);
    return new LineSource(
        version,
        required(place, line, "python"),
        definitions.text(folder + "requirements.in"),
        definitions.text(folder + "build.in"),
        definitions.text(folder + "tools.in"),
        required(place, line, "excludeNewer"),
        required(place, line, "interpreterSuite"),
        words(required(place, line, "interpreterPackages")),
        Set.copyOf(words(required(place, line, "interpreterWithout"))));
  }

  private static int serial(String place, String value) {
    if (!value.matches("[0-9]{1,9}")) {
      throw new IllegalDefinition(place + ": serial: '" + value + "' is no number; write one");
    }
    return Integer.parseInt(value);
  }

  private static Instant locked(String place, String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeParseException other) {
      throw new IllegalDefinition(
          place + ": locked: '" + value + "' is no time; write it as 2022-04-06T00:00:00Z", other);
    }
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }

  private static String required(String place, Map<String, String> line, String key) {
    String value = line.get(key);
    if (value == null || value.isBlank()) {
      throw new IllegalDefinition(
          place + ": the key '" + key + "' is missing; `appliance lock` needs it");
    }
    return value;
  }

  private static Map<String, String> line(Definitions definitions, String place) {
    Object yaml = YamlText.read(place, definitions.text(place));
    Map<String, String> values = new TreeMap<>();
    if (yaml instanceof Map<?, ?> map) {
      map.forEach((key, value) -> values.put(String.valueOf(key), String.valueOf(value)));
    }
    for (String key : List.of("python", "serial", "locked")) {
      if (!values.containsKey(key)) {
        throw new IllegalDefinition(
            place + ": the key '" + key + "' is missing; add it or run `appliance lock`");
      }
    }
    return values;
  }
}

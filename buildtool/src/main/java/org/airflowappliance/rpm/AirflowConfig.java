package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An airflow.cfg text into which the operator's own values are set, its comments kept. */
final class AirflowConfig {
  private final Map<String, List<String>> sections = new LinkedHashMap<>();

  /** Reads a text; what stands before the first section is kept as it is. */
  AirflowConfig(String text) {
    String section = "";
    sections.put(section, new ArrayList<>());
    for (String line : text.lines().toList()) {
      if (line.matches("\\[.+]\\s*")) {
        section = line.strip().substring(1, line.strip().length() - 1);
        sections.putIfAbsent(section, new ArrayList<>());
      } else {
        sections.get(section).add(line);
      }
    }
  }

  /**
   * Sets every value by section and key; a new key goes to the end of its section. Airflow
   * interpolates the file, so a percent sign is doubled.
   */
  AirflowConfig with(Map<String, Map<String, String>> overrides) {
    new TreeMap<>(overrides)
        .forEach(
            (section, keys) ->
                new TreeMap<>(keys).forEach((key, value) -> set(section, key, value)));
    return this;
  }

  private void set(String section, String key, String value) {
    List<String> lines = sections.computeIfAbsent(section, absent -> new ArrayList<>());
    String line = key + " = " + value.strip().replace("%", "%%").replaceAll("\\R\\s*", "\n    ");
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches("\\Q" + key + "\\E\\s*=.*")) {
        lines.set(i, "# set by airflow.config in cluster.yaml\n" + line);
        return;
      }
    }
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isBlank()) {
      lines.remove(lines.size() - 1);
    }
    lines.add("# set by airflow.config in cluster.yaml\n" + line);
    lines.add("");
  }

  /** The text of the file. */
  String text() {
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (section, lines) -> {
          if (!section.isEmpty()) {
            text.append('[').append(section).append("]\n");
          }
          lines.forEach(line -> text.append(line).append('\n'));
        });
    return text.toString();
  }
}

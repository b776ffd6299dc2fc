package org.airflowappliance.airflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.template.Template;

/** An airflow.cfg text into which the operator's own values are set, its comments kept. */
public final class AirflowConfig {
  private static final String NODES = "rpm/airflow-cluster/files/airflow.cfg";
  private static final String PODS = "manifests/airflow.cfg";

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

  /** The nodes' file, with the values of cluster.yaml. */
  public static String ofNodes(Blueprint blueprint) {
    return nodes(blueprint).text();
  }

  /** The task pods' file: the nodes' without what belongs to nodes, and without comments. */
  public static String ofPods(Blueprint blueprint) {
    Map<String, Map<String, String>> settings = nodes(blueprint).settings();
    read(blueprint, PODS)
        .settings()
        .forEach(
            (section, keys) ->
                keys.forEach(
                    (key, value) -> {
                      Map<String, String> target =
                          settings.computeIfAbsent(section, absent -> new LinkedHashMap<>());
                      if (value.isEmpty()) {
                        target.remove(key);
                      } else {
                        target.put(key, value);
                      }
                    }));
    settings.values().removeIf(Map::isEmpty);
    StringBuilder text = new StringBuilder();
    settings.forEach(
        (section, keys) -> {
          text.append('[').append(section).append("]\n");
          keys.forEach((key, value) -> text.append((key + " = " + value).strip()).append('\n'));
        });
    return text.toString();
  }

  private static AirflowConfig nodes(Blueprint blueprint) {
    return read(blueprint, NODES).with(blueprint.cluster().airflowConfig());
  }

  private static AirflowConfig read(Blueprint blueprint, String file) {
    String text = blueprint.definitions().text(file);
    return new AirflowConfig(new Template(file, text).fill(Holes.of(blueprint)));
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

  /** Values by section and key as they stand in the file; sections without one are left out. */
  Map<String, Map<String, String>> settings() {
    Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    sections.forEach(
        (section, lines) -> {
          Map<String, String> keys = keys(lines);
          if (!keys.isEmpty()) {
            settings.put(section, keys);
          }
        });
    return settings;
  }

  private static Map<String, String> keys(List<String> lines) {
    Map<String, String> keys = new LinkedHashMap<>();
    String last = "";
    for (String line : String.join("\n", lines).lines().toList()) {
      if (line.isBlank() || line.matches("[#;].*")) {
        continue;
      }
      if (line.startsWith(" ") && !last.isEmpty()) {
        keys.merge(last, line, (value, more) -> value + "\n" + more);
        continue;
      }
      String[] parts = line.split("=", 2);
      last = parts[0].strip();
      keys.put(last, parts.length == 1 ? "" : parts[1].strip());
    }
    return keys;
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

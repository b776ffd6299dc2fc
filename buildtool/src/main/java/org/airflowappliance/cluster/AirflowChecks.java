package org.airflowappliance.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/** Checks Airflow's version and the settings that the operator gives it. */
final class AirflowChecks {
  private AirflowChecks() {}

  static void check(Part airflow, Collection<String> versions) {
    version(airflow.child("version"), versions);
    Properties owned = owned();
    airflow
        .child("config")
        .fields()
        .forEach(
            (section, part) -> {
              if (named(section, part)) {
                part.fields().forEach((key, value) -> setting(section, key, value, owned));
              }
            });
  }

  private static void version(Part version, Collection<String> versions) {
    version
        .text()
        .filter(text -> !versions.contains(text))
        .ifPresent(
            text ->
                version.problem(
                    "%s is not a version that this tool can build; choose one of %s"
                        .formatted(
                            Problems.quote(text), String.join(", ", new TreeSet<>(versions)))));
  }

  /** Airflow reads names in lower case, so another spelling would pass the checks unseen. */
  private static boolean named(String name, Part part) {
    boolean good = name.matches("[a-z][a-z0-9_]*");
    if (!good) {
      part.keyProblem(
          "%s is not a name in airflow.cfg; use lower-case letters, digits and '_'"
              .formatted(Problems.quote(name)));
    }
    return good;
  }

  private static void setting(String section, String key, Part value, Properties owned) {
    if (!named(key, value)) {
      return;
    }
    String elsewhere = owned.getProperty(section + "." + key);
    if (elsewhere != null) {
      value.keyProblem("the appliance sets it: %s; remove it here".formatted(elsewhere));
    } else if (hasPassword(value.text())) {
      value.keyProblem(
          "no secret stands in cluster.yaml; remove the password before the '@' of this address");
    } else if (UnwantedSecret.looksSecret(key)) {
      value.keyProblem(
          "no secret stands in cluster.yaml; set %s_cmd to a command that prints it on the nodes"
              .formatted(key));
    }
  }

  private static boolean hasPassword(Optional<String> value) {
    return value.isPresent() && value.get().matches(".*://[^/@\\s]*:[^/@\\s]*@.*");
  }

  private static Properties owned() {
    Properties owned = new Properties();
    try (InputStream in = AirflowChecks.class.getResourceAsStream("owned-settings.properties")) {
      owned.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return owned;
  }
}

package org.airflowappliance.cluster;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * secrets.env: the one file that an operator adds to a node, {@code KEY=VALUE} lines as systemd
 * reads them. Values are never shown.
 *
 * @param values by key
 * @param problems what is wrong, in the file's order
 */
public record SecretsFile(Map<String, String> values, List<Problem> problems) {
  private static final List<String> NAMES =
      Arrays.stream(SecretKey.values()).map(SecretKey::name).toList();

  /** The keys, with what each is for. */
  public static final Map<String, String> KEYS = keys();

  public SecretsFile {
    values = Map.copyOf(values);
    problems = problems.stream().sorted().toList();
  }

  /** Only the keys: a record would print the secrets too. */
  @Override
  public String toString() {
    return "SecretsFile" + values.keySet().stream().sorted().toList() + problems;
  }

  private static Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    for (SecretKey key : SecretKey.values()) {
      keys.put(key.name(), key.purpose);
    }
    return keys;
  }

  /** A new file: what can be generated is, the rest is empty. */
  public static String fresh(SecureRandom random) {
    StringBuilder text =
        new StringBuilder(
            """
            # Secrets of an Airflow cluster. Copy this file to /etc/airflow/secrets.env on every node,
            # owned by root with mode 0600. `appliance secrets check FILE` checks it.
            # Quote a value with blanks, quotes or a backslash: "a \\"b\\" \\\\ c".
            """);
    for (SecretKey key : SecretKey.values()) {
      text.append("\n# %s\n%s=%s\n".formatted(key.purpose, key.name(), key.generated(random)));
    }
    return text.toString();
  }

  /**
   * Reads and checks a file.
   *
   * @throws UnreadableSecrets when it is not a text that a person may have written
   */
  public static SecretsFile read(Path file) {
    return parse(file.toString(), SecretsText.of(file));
  }

  /** Reads and checks a file's text. */
  public static SecretsFile parse(String file, String text) {
    Map<String, String> values = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    Set<SecretKey> missing = EnumSet.allOf(SecretKey.class);
    for (EnvironmentLine line : EnvironmentLine.of(text)) {
      String name = line.isSetting() ? line.key() : "";
      if (NAMES.contains(name)) {
        missing.remove(SecretKey.valueOf(name));
      }
      EnvironmentLine.Value value = name.isEmpty() ? null : line.value();
      problem(name, value, values)
          .ifPresent(what -> problems.add(new Problem(file, line.number(), 1, name, what)));
      if (value != null) {
        values.putIfAbsent(name, value.text());
      }
    }
    for (SecretKey key : missing) {
      problems.add(new Problem(file, 0, 0, key.name(), "is missing; add it: " + key.purpose));
    }
    return new SecretsFile(values, problems);
  }

  /** The line itself may hold a secret, so it is not shown. */
  private static Optional<String> problem(
      String name, EnvironmentLine.Value value, Map<String, String> earlier) {
    if (value == null) {
      return Optional.of("is not KEY=VALUE; write one or begin the line with #");
    }
    if (!NAMES.contains(name)) {
      return Optional.of(
          "is not a key of this file; "
              + Nearest.to(name, NAMES)
                  .map("did you mean %s?"::formatted)
                  .orElse("its keys are " + String.join(", ", NAMES)));
    }
    if (earlier.containsKey(name)) {
      return Optional.of("stands here twice; keep one");
    }
    return value.problem().isEmpty()
        ? SecretKey.valueOf(name).problem(value.text())
        : Optional.of(value.problem());
  }
}

package org.airflowappliance.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * tenants.env: the S3 keys of all tenants, written as secrets.env is; it stays at the operator's
 * desk. Values are never shown.
 *
 * @param file as the operator named it
 * @param values by key
 * @param problems what is wrong with its lines, in the file's order
 * @param missing keys of tenants that have no line
 * @param strays keys of tenants that cluster.yaml does not name
 */
public record TenantKeys(
    String file,
    Map<String, String> values,
    List<Problem> problems,
    List<String> missing,
    List<String> strays) {
  private static final String KEY =
      "[A-Z][A-Z0-9_]*_(PUBLISH|PODS)_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)";
  private static final int SHORTEST_ID = 3;
  private static final int SHORTEST_SECRET = 8;

  public TenantKeys {
    values = Map.copyOf(values);
    problems = problems.stream().sorted().toList();
    missing = List.copyOf(missing);
    strays = List.copyOf(strays);
  }

  /** A record would print the secrets too. */
  @Override
  public String toString() {
    return "TenantKeys" + values.keySet().stream().sorted().toList() + problems;
  }

  /** All keys that a tenant has. */
  public static List<String> of(String tenant) {
    List<String> keys = new ArrayList<>();
    for (TenantRole role : TenantRole.values()) {
      keys.add(role.accessKeyId(tenant));
      keys.add(role.secretAccessKey(tenant));
    }
    return keys;
  }

  /**
   * Reads and checks a file.
   *
   * @throws UnreadableSecrets when it is not a text that a person may have written
   */
  public static TenantKeys read(Path file, List<Tenant> tenants) {
    if (!Files.exists(file)) {
      throw new UnreadableSecrets(
          file + ": there is no such file; `appliance secrets tenants FILE` writes one");
    }
    return parse(file.toString(), SecretsText.of(file), tenants);
  }

  /** Reads and checks a file's text. */
  public static TenantKeys parse(String file, String text, List<Tenant> tenants) {
    Set<String> wanted = new LinkedHashSet<>();
    tenants.forEach(tenant -> wanted.addAll(of(tenant.name())));
    Map<String, String> values = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    for (EnvironmentLine line : EnvironmentLine.of(text)) {
      String key = line.isSetting() ? line.key() : "";
      EnvironmentLine.Value value = key.isEmpty() ? null : line.value();
      problem(key, value, values, wanted)
          .ifPresent(what -> problems.add(new Problem(file, line.number(), 1, key, what)));
      if (value != null) {
        values.putIfAbsent(key, value.text());
      }
    }
    List<String> missing = new ArrayList<>(wanted);
    missing.removeAll(values.keySet());
    List<String> strays = new ArrayList<>(values.keySet());
    strays.removeIf(key -> wanted.contains(key) || !key.matches(KEY));
    return new TenantKeys(file, values, problems, missing, strays);
  }

  /** Everything that keeps these keys from being used, a line each. */
  public List<String> complaints(String cluster) {
    List<String> lines = new ArrayList<>(problems.stream().map(Problem::toString).toList());
    if (!missing.isEmpty()) {
      lines.add(
          "%s: has no %s; run: appliance secrets tenants %s %s"
              .formatted(file, String.join(", ", missing), file, cluster));
    }
    return lines;
  }

  private static Optional<String> problem(
      String key, EnvironmentLine.Value value, Map<String, String> earlier, Set<String> wanted) {
    if (value == null) {
      return Optional.of("is not KEY=VALUE; write one or begin the line with #");
    }
    if (!key.matches(KEY)) {
      return Optional.of(
          "is not a key of this file; they are called TENANT_PUBLISH_ACCESS_KEY_ID and so on");
    }
    if (earlier.containsKey(key)) {
      return Optional.of("stands here twice; keep one");
    }
    if (!wanted.contains(key)) {
      return Optional.empty();
    }
    return value.problem().isEmpty()
        ? malformed(key, value.text(), earlier)
        : Optional.of(value.problem());
  }

  /** The server's rules, and that nobody has two rights with one key. */
  private static Optional<String> malformed(String key, String value, Map<String, String> earlier) {
    boolean id = key.endsWith("_ID");
    int shortest = id ? SHORTEST_ID : SHORTEST_SECRET;
    if (value.isEmpty()) {
      return Optional.of("is empty; fill it in, or remove the line and have it generated");
    }
    if (value.length() < shortest) {
      return Optional.of(
          "has %d characters, fewer than %d; use a longer one".formatted(value.length(), shortest));
    }
    if (!value.matches("[!-~]+") || id && value.matches(".*[:=,/].*")) {
      return Optional.of(
          "holds a character that %s cannot have; use letters and digits"
              .formatted(id ? "an access key" : "a secret key"));
    }
    return earlier.entrySet().stream()
        .filter(other -> other.getValue().equals(value))
        .findFirst()
        .map(other -> "is the same as %s; give each its own".formatted(other.getKey()));
  }
}

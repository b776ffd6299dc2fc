package org.airflowappliance.cluster;

import java.util.Locale;
import java.util.regex.Pattern;

/** Knows keys that somebody may want to put a secret into. */
final class UnwantedSecret {
  private static final Pattern SECRET =
      Pattern.compile(
          "passw(or)?d|passphrase|secret|token|fernet|credential|(access|api|private)key"
              + "|basicauth|sqlalchemyconn|dsn$|backendkwargs");
  private static final Pattern COMMAND = Pattern.compile("_(password|key|conn|backend|url)_cmd$");

  private UnwantedSecret() {}

  static boolean looksSecret(String key) {
    return SECRET.matcher(key.toLowerCase(Locale.ROOT).replaceAll("[_-]", "")).find()
        && !COMMAND.matcher(key).find();
  }

  /** Tells where the secret belongs; the value itself is not said. */
  static String message(String block, String key) {
    return "no secret stands in cluster.yaml; put it into secrets.env%s and remove it here"
        .formatted(name(block, key.toLowerCase(Locale.ROOT)));
  }

  private static String name(String block, String key) {
    if (key.contains("fernet")) {
      return " as FERNET_KEY";
    }
    return switch (block) {
      case "database" -> " as DATABASE_PASSWORD";
      case "objectStore" ->
          key.contains("secret") || key.contains("passw")
              ? " as S3_SECRET_ACCESS_KEY"
              : " as S3_ACCESS_KEY_ID";
      case "oidc" -> " as OIDC_CLIENT_SECRET";
      case "kubernetes" -> " as KUBERNETES_TOKEN";
      default -> "";
    };
  }
}

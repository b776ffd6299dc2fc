package org.airflowappliance.cluster;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** A key of secrets.env: what it is for, what can be generated, and what its value must be like. */
enum SecretKey {
  DATABASE_PASSWORD("password of the database's user in cluster.yaml"),
  FERNET_KEY(
      "encrypts connections and variables in the database; the same on all nodes. Several keys"
          + " with commas are a rotation"),
  WEBSERVER_SECRET_KEY("signs session cookies; the same on all nodes"),
  S3_ACCESS_KEY_ID("access key of the object store"),
  S3_SECRET_ACCESS_KEY("its secret key"),
  OIDC_CLIENT_SECRET("secret of the client at the identity provider"),
  KUBERNETES_TOKEN("token of the schedulers' service account");

  private static final int BYTES = 32;

  final String purpose;

  SecretKey(String purpose) {
    this.purpose = purpose;
  }

  /** A new value, empty where somebody else issues it. */
  String generated(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return switch (this) {
      case FERNET_KEY -> Base64.getUrlEncoder().encodeToString(bytes);
      case WEBSERVER_SECRET_KEY -> HexFormat.of().formatHex(bytes);
      default -> "";
    };
  }

  /** What is wrong with a value, without showing it; the same rules as on the node. */
  Optional<String> problem(String value) {
    if (value.isEmpty()) {
      return Optional.of("is empty; fill it in: " + purpose);
    }
    if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return Optional.of("holds a control character; write it on one line");
    }
    return switch (this) {
      case DATABASE_PASSWORD, OIDC_CLIENT_SECRET -> Optional.empty();
      case FERNET_KEY -> fernet(value);
      case WEBSERVER_SECRET_KEY -> session(value);
      case S3_ACCESS_KEY_ID ->
          value.contains(":")
              ? Optional.of("holds a colon, at which s3fs would cut it; use another key")
              : word(value);
      case S3_SECRET_ACCESS_KEY, KUBERNETES_TOKEN -> word(value);
    };
  }

  private static Optional<String> word(String value) {
    return value.matches(".*\\s.*")
        ? Optional.of("holds white space; copy it anew")
        : Optional.empty();
  }

  private static Optional<String> fernet(String value) {
    for (String key : value.split(",", -1)) {
      int length;
      try {
        length = Base64.getUrlDecoder().decode(key.strip()).length;
      } catch (IllegalArgumentException broken) {
        return Optional.of("is not URL-safe base64; `appliance secrets new` makes one");
      }
      if (length != BYTES || key.strip().length() != 44) {
        return Optional.of(
            "is not %d bytes in URL-safe base64 (44 characters), but %d; `appliance secrets new` makes one"
                .formatted(BYTES, length));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> session(String value) {
    if (value.length() < 16) {
      return Optional.of(
          "has %d characters, fewer than 16; `appliance secrets new` makes one"
              .formatted(value.length()));
    }
    // Airflow expands $NAME and ~ in every value that it takes from the environment
    return value.contains("$") || value.startsWith("~")
        ? Optional.of(
            "holds $ or begins with ~, which Airflow would expand; use letters and digits")
        : word(value);
  }
}

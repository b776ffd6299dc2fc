package org.airflowappliance.keycloak;

import java.util.Map;

/**
 * Who changes a realm.
 *
 * @param realm that knows the user or client
 * @param kind which of both
 * @param name user name or client id
 * @param secret password or client secret
 */
public record AdminLogin(String realm, Kind kind, String name, String secret) {
  /** A person with a password, or a client with a secret. */
  public enum Kind {
    USER("user", "--admin"),
    CLIENT("client", "--admin-client");

    private final String word;
    private final String option;

    Kind(String word, String option) {
      this.word = word;
      this.option = option;
    }
  }

  /** What the token endpoint is asked with. */
  Map<String, String> form() {
    return switch (kind) {
      case USER ->
          Map.of(
              "grant_type",
              "password",
              "client_id",
              "admin-cli",
              "username",
              name,
              "password",
              secret);
      case CLIENT ->
          Map.of("grant_type", "client_credentials", "client_id", name, "client_secret", secret);
    };
  }

  /** The option that says the name. */
  String option() {
    return kind.option;
  }

  /** A record would print the secret. */
  @Override
  public String toString() {
    return "%s '%s' of realm '%s'".formatted(kind.word, name, realm);
  }
}

package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.airflowappliance.keycloak.AdminLogin;
import org.airflowappliance.keycloak.AdminLogin.Kind;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * Who changes the realm; secrets come from the environment or a file, since arguments are seen by
 * all.
 */
final class AdminOptions {
  @ArgGroup(multiplicity = "1")
  Who who;

  /** One of both. */
  static final class Who {
    @Option(
        names = "--admin",
        paramLabel = "USER",
        description =
            "An administrator of the realm; the password is in KC_CLI_PASSWORD or --password-file.")
    String user;

    @Option(
        names = "--admin-client",
        paramLabel = "ID",
        description =
            "Or a client whose service account is one; its secret is in KC_CLI_CLIENT_SECRET or --password-file.")
    String client;
  }

  @Option(
      names = "--admin-realm",
      paramLabel = "REALM",
      defaultValue = "master",
      description = "The realm that knows this user or client (default: ${DEFAULT-VALUE}).")
  String realm;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "A file whose first line is the password or the secret.")
  Path file;

  AdminLogin login(Map<String, String> environment) {
    Kind kind = who.user == null ? Kind.CLIENT : Kind.USER;
    String name = who.user == null ? who.client : who.user;
    String variable = who.user == null ? "KC_CLI_CLIENT_SECRET" : "KC_CLI_PASSWORD";
    String secret = file == null ? environment.getOrDefault(variable, "") : firstLine();
    if (secret.isEmpty()) {
      throw new UserError(
          file == null
              ? "%s: is not set; put the secret of '%s' into it, or name a file that holds it with --password-file"
                  .formatted(variable, name)
              : "%s: its first line is empty; write the secret of '%s' there"
                  .formatted(file, name));
    }
    return new AdminLogin(realm, kind, name, secret);
  }

  private String firstLine() {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream().findFirst().orElse("");
    } catch (IOException unreadable) {
      throw new UserError(file + ": cannot be read (" + unreadable + "); check its name and mode");
    }
  }
}

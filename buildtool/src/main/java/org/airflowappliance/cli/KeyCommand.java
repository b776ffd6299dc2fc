package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.airflowappliance.release.NewKey;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.release.PublicPart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code appliance key}: the OpenPGP key that releases are signed with. */
@Command(
    name = "key",
    description =
        "Makes the OpenPGP key that `build --sign-key` signs with, and writes the public part that"
            + " `verify --key` needs.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:", "  appliance key generate release-key.asc"})
final class KeyCommand implements Runnable {
  static final String PASSPHRASE = "APPLIANCE_SIGN_PASSPHRASE";

  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: generate or export.");
  }

  /** What a secret key's file is protected by, if anything. */
  static Optional<String> passphrase() {
    return Optional.ofNullable(System.getenv(PASSPHRASE)).filter(each -> !each.isEmpty());
  }

  @Command(
      name = "generate",
      description = {
        "Writes a new secret key (RSA-4096), readable by you alone; never over an existing file.",
        "It is protected by the passphrase in " + PASSPHRASE + ", when that is set."
      },
      footer = {
        "",
        "Example:",
        "  appliance key generate release-key.asc --user-id 'Data platform <platform@example.org>'"
      })
  int generate(
      @Parameters(paramLabel = "FILE", description = "Where the secret key goes.") Path file,
      @Option(
              names = "--user-id",
              paramLabel = "TEXT",
              defaultValue = "Airflow cluster releases",
              description = "Whose key it is (default: ${DEFAULT-VALUE}).")
          String userId,
      @Mixin Verbosity verbosity)
      throws IOException {
    // making a key takes a while
    PrivateFile.refuse(file);
    if (userId.isBlank() || userId.chars().anyMatch(Character::isISOControl)) {
      throw new UserError(
          "--user-id '%s': is blank or holds what is no text; write a name, and an address in <>"
              .formatted(userId));
    }
    PrivateFile.write(
        file, NewKey.armoured(userId, Instant.now().truncatedTo(ChronoUnit.SECONDS), passphrase()));
    verbosity.say(
        "wrote %s: key %s of '%s'%s; give people its public part: appliance key export %s"
            .formatted(
                file,
                PgpKey.read(file, passphrase()).fingerprint(),
                userId,
                passphrase().isPresent() ? "" : ", protected by nothing but its mode",
                file));
    return 0;
  }

  @Command(
      name = "export",
      description =
          "Prints the public part of a secret key, for which no passphrase is needed; nodes get it with the release,"
              + " people by a way that they trust.",
      footer = {
        "",
        "Examples:",
        "  appliance key export release-key.asc > release-key.pub",
        "  appliance key export --pem release-key.asc > release-key.pem"
      })
  int export(
      @Parameters(paramLabel = "FILE", description = "The secret key, or its public part.")
          Path file,
      @Option(
              names = "--pem",
              description = "In PEM form, for what knows no OpenPGP: `cosign verify --key`.")
          boolean pem)
      throws IOException {
    PublicPart part = PublicPart.of(file);
    spec.commandLine().getOut().print(pem ? part.pem() : part.armoured());
    spec.commandLine().getOut().flush();
    return 0;
  }
}

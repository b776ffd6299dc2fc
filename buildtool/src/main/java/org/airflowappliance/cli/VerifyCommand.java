package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.airflowappliance.verify.Certificate;
import org.airflowappliance.verify.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code appliance verify}: whether a release is whole, fits together and is signed by whom one
 * trusts.
 */
@Command(
    name = "verify",
    description = {
      "Holds a release against itself and against a key, without any network: checksums, signatures of lists, metadata"
          + " and packages, packages against metadata, images against digests and manifests.",
      "The key has to come to you by another way than the release: one that lies in it proves nothing."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all is well, and signed by the key",
      "1:something is wrong; a line for each",
      "2:the command line is wrong",
      "3:all fits together, but without --key nobody knows whose it is"
    },
    footer = {"", "Example:", "  appliance verify release --key release-key.pub"})
final class VerifyCommand implements Callable<Integer> {
  private static final int NOT_AUTHENTICATED = 3;

  @Mixin Verbosity verbosity;

  @Parameters(index = "0", paramLabel = "RELEASE", description = "The folder of a release.")
  Path release;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Public OpenPGP key that it has to be signed with.")
  Path key;

  @Option(
      names = "--newer-than",
      paramLabel = "RELEASE|NUMBER",
      description =
          "Refuse it unless its number is higher than this, or than that release's: an old one may be signed and still be a step back.")
  String newerThan;

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(release)) {
      throw new UserError(
          release + ": is no folder; name one that `appliance build` wrote or that was fetched");
    }
    Optional<Certificate> certificate =
        key == null ? Optional.empty() : Optional.of(Certificate.read(key));
    Verification found = Verification.of(release, certificate);
    List<String> problems = found.problems().stream().map(each -> release + "/" + each).toList();
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    if (newerThan != null) {
      refuseOlder(found);
    }
    verbosity.say(
        "%s: release %d of %s, Airflow %s: %d files, %s, %s"
            .formatted(
                release,
                found.serial(),
                found.cluster(),
                found.airflow(),
                found.files(),
                Console.size(found.bytes()),
                certificate
                    .map(each -> "signed by %s '%s'".formatted(each.fingerprint(), each.userId()))
                    .orElse("fits together")));
    if (certificate.isEmpty()) {
      System.err.println(
          "NOT AUTHENTICATED: it fits together, but anybody may have made it; give the key that you trust with --key");
      return NOT_AUTHENTICATED;
    }
    return 0;
  }

  private void refuseOlder(Verification found) throws IOException {
    int serial;
    if (newerThan.matches("[0-9]{1,9}")) {
      serial = Integer.parseInt(newerThan);
    } else {
      ReleaseFolder other = new ReleaseFolder(Path.of(newerThan));
      if (!other.cluster().equals(found.cluster())) {
        throw new UserError(
            "%s: is of cluster %s, but %s of %s; compare releases of one cluster"
                .formatted(release, found.cluster(), newerThan, other.cluster()));
      }
      serial = other.number();
    }
    if (found.serial() <= serial) {
      throw new UserError(
          "%s: is release %d, which is not newer than %d; fetch the new one, or raise `release` in cluster.yaml and build"
              .formatted(release, found.serial(), serial));
    }
  }
}

package org.airflowappliance.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.airflowappliance.file.TemporaryFolder;
import org.airflowappliance.publish.RemoteRelease;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;
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
      "Holds a release against itself and against a key, without any network but for a URL: checksums, signatures of lists, metadata"
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
    footer = {
      "",
      "Example:",
      "  appliance verify dist --key release-key.pub",
      "  appliance verify http://192.168.11.5/airflow --key release-key.pub"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int NOT_AUTHENTICATED = 3;
  private static final int SHOWN = 100;

  /** Said of what nobody's key was given for. */
  static final String ANYBODYS =
      "NOT AUTHENTICATED: it fits together, but anybody may have made it; give the key that you trust with --key";

  @Mixin Verbosity verbosity;

  @Parameters(
      index = "0",
      paramLabel = "RELEASE|URL",
      description =
          "The folder of a release, or where one is published (http:// or https://): it is fetched to a temporary folder first.")
  String release;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Public OpenPGP key that it has to be signed with.")
  Path key;

  @Option(
      names = "--newer-than",
      paramLabel = "RELEASE|NUMBER",
      description =
          "Refuse it unless its number is higher than this, or than that release's (./2 is a folder): an old one is signed, too.")
  String newerThan;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "Refuse it unless it is of this cluster; one key may sign several clusters'.")
  String cluster;

  @Option(
      names = "--same-as",
      paramLabel = "RELEASE",
      description = "Refuse it unless it is the release in this folder, byte for byte.")
  Path same;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "CAs to believe about an https URL besides those of Java, PEM.")
  Path caFile;

  @Option(
      names = "--registry",
      paramLabel = "HOST/PATH",
      description = "Refuse it unless its images are in this registry, too, with its signatures.")
  List<String> registries = List.of();

  @Option(
      names = "--insecure",
      description =
          "Allow registries with plain HTTP, or a certificate that this machine does not trust.")
  boolean insecure;

  @Override
  public Integer call() throws IOException {
    Optional<Certificate> certificate =
        key == null ? Optional.empty() : Optional.of(Certificate.read(key));
    if (!release.matches("https?://.+")) {
      return verify(Path.of(release), certificate, List.of());
    }
    try (TemporaryFolder fetched = TemporaryFolder.in(Optional.empty(), "appliance-verify-")) {
      return verify(fetched.path(), certificate, fetch(fetched.path(), certificate));
    }
  }

  private URI address() {
    try {
      URI address = new URI(release);
      if (address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException wrong) {
      throw new UserError(release + ": is no address (" + wrong.getReason() + "); correct it");
    }
    throw new UserError(release + ": names no host; correct it");
  }

  private List<String> fetch(Path target, Optional<Certificate> certificate) throws IOException {
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    AtomicLong received = new AtomicLong();
    try {
      return RemoteRelease.at(address(), Common.trust(caFile))
          .fetch(
              target,
              lists -> authenticate(lists, certificate),
              bytes -> console.progress("fetching " + release, received.addAndGet(bytes), 0));
    } finally {
      console.clear();
    }
  }

  /** Nothing large is fetched from somebody else. */
  private void authenticate(Path lists, Optional<Certificate> certificate) throws IOException {
    if (certificate.isPresent()) {
      List<String> problems = Verification.listSigned(lists, certificate.get());
      if (!problems.isEmpty()) {
        throw new UserError(problems.stream().map(each -> release + "/" + each).toList());
      }
    }
  }

  /**
   * Verifies what is in a folder, and says it of the release that was named.
   *
   * @param strayed what was found wrong already
   */
  private Integer verify(Path folder, Optional<Certificate> certificate, List<String> strayed)
      throws IOException {
    if (!Files.isDirectory(folder) || !isRelease(folder)) {
      throw new UserError(
          release
              + ": is no folder of a release (with SHA256SUMS and release.json); name one that `appliance build` wrote or that was fetched");
    }
    Optional<Wanted> wanted = newerThan == null ? Optional.empty() : Optional.of(wanted());
    Verification found = Verification.of(folder, certificate);
    List<String> problems = new ArrayList<>(strayed);
    problems.addAll(shown(release, found));
    if (problems.isEmpty()) {
      wanted.ifPresent(each -> problems.addAll(each.complaints(release, found)));
      if (cluster != null && !cluster.equals(found.cluster())) {
        problems.add(
            "%s: is of cluster '%s', not '%s'; fetch the right one"
                .formatted(release, found.cluster(), cluster));
      }
      if (same != null && !isSame(folder)) {
        problems.add(
            "%s: is another release than %s, by their lists; publish that one, or compare them with `appliance diff`"
                .formatted(release, same));
      }
      PublishedImages images = new PublishedImages(new ReleaseFolder(folder), insecure, verbosity);
      for (String registry : registries) {
        problems.addAll(images.lacking(registry));
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
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
      System.err.println(ANYBODYS);
      return NOT_AUTHENTICATED;
    }
    return 0;
  }

  /** What was found wrong with a release, each with its place; of very many not all. */
  static List<String> shown(String release, Verification found) {
    List<String> shown = new ArrayList<>();
    found.problems().stream().limit(SHOWN).forEach(each -> shown.add(release + "/" + each));
    if (found.problems().size() > SHOWN) {
      shown.add("and %d problems more".formatted(found.problems().size() - SHOWN));
    }
    return shown;
  }

  /** What was verified is what its list says, so the lists are enough. */
  private boolean isSame(Path folder) throws IOException {
    Path other = same.resolve(Checksums.NAME);
    if (!Files.isRegularFile(other)) {
      throw new UserError(same + ": is no folder of a release; name one for --same-as");
    }
    return Files.mismatch(folder.resolve(Checksums.NAME), other) == -1;
  }

  private static boolean isRelease(Path folder) {
    return Files.exists(folder.resolve(Checksums.NAME))
        || Files.exists(folder.resolve(ReleaseIndex.NAME));
  }

  /**
   * What the release has to be newer than.
   *
   * @param cluster empty when only a number was given
   */
  private record Wanted(String cluster, int number) {
    List<String> complaints(String release, Verification found) {
      if (!cluster.isEmpty() && !cluster.equals(found.cluster())) {
        return List.of(
            "%s: is of cluster '%s', not '%s' as the one before; compare releases of one cluster"
                .formatted(release, found.cluster(), cluster));
      }
      return found.serial() > number
          ? List.of()
          : List.of(
              "%s: is release %d, which is not newer than %d; fetch the new one, or raise `release` in cluster.yaml and build"
                  .formatted(release, found.serial(), number));
    }
  }

  private Wanted wanted() throws IOException {
    if (newerThan.matches("[0-9]{1,9}")) {
      return new Wanted("", Integer.parseInt(newerThan));
    }
    ReleaseFolder other = new ReleaseFolder(Path.of(newerThan));
    if (other.number() < 1) {
      throw new UserError(
          newerThan + ": its release.json names no number of a release; give the number itself");
    }
    return new Wanted(other.cluster(), other.number());
  }
}

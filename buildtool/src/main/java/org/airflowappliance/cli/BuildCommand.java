package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.airflowappliance.Appliance;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Store;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Origin;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.release.Bench;
import org.airflowappliance.release.BuildReport;
import org.airflowappliance.release.BuildReport.Built;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.release.ReleaseWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code appliance build}: writes the release. */
@Command(
    name = "build",
    description =
        "Writes the release: signed RPMs in a dnf repository, container images, and all that belongs"
            + " to it.",
    footer = {
      "",
      "Example:",
      "  appliance build cluster.yaml -o /srv/www/release --sign-key release-key.asc"
    })
final class BuildCommand implements Callable<Integer> {
  private static final String SIGN_KEY = "APPLIANCE_SIGN_KEY";

  /** How long a file of an earlier build stays in the cache unused. */
  private static final Duration KEPT = Duration.ofDays(30);

  @Mixin AnyCluster common;
  @Mixin Verbosity verbosity;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "dist",
      description = "The release folder, replaced as a whole (default: ${DEFAULT-VALUE}).")
  Path output;

  @Option(
      names = "--only",
      paramLabel = "SECTION",
      split = ",",
      description =
          "Write only these sections and what they need: image, manifest, rpm, repository, kickstart,"
              + " pxe.")
  List<String> only = List.of();

  @Option(
      names = "--with-installer",
      description =
          "Copy kernel and initrd of Rocky's installer into pxe/installer, instead of loading them from its mirror.")
  boolean withInstaller;

  @Option(
      names = {"-v", "--verbose"},
      description = "Name every file that was made or reused.")
  boolean verbose;

  @Option(names = "--offline", description = "Use nothing but the cache.")
  boolean offline;

  @Option(
      names = "--sign-key",
      paramLabel = "FILE",
      description =
          "ASCII-armoured OpenPGP secret key, RSA-4096 or Ed25519; its passphrase is read from"
              + " APPLIANCE_SIGN_PASSPHRASE (default: the key in APPLIANCE_SIGN_KEY, else a"
              + " development key, made once in the cache).")
  Path signKey;

  @Option(
      names = "--gpg-key",
      paramLabel = "NAME",
      description =
          "Sign with this RSA key of GnuPG, whose secret part stays with gpg-agent, instead of --sign-key.")
  String gpgKey;

  @Option(
      names = "--source-commit",
      paramLabel = "HEX",
      description = "The commit that all this is built from, which the provenance then says.")
  Optional<String> commit = Optional.empty();

  @Option(
      names = "--debian-mirror",
      paramLabel = "URL",
      description = "Where Debian packages are fetched (default: the machine's own apt sources).")
  String debianMirror;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Cache of downloads and derived files (default: APPLIANCE_CACHE, else the user's cache folder).")
  Path cache;

  @Override
  public Integer call() throws IOException {
    final long start = System.nanoTime();
    Blueprint blueprint = common.blueprint().withInstaller(withInstaller).from(origin());
    Plan plan = Selection.of(Plan.of(blueprint, Appliance.sections()), only, blueprint);
    Path folder = Common.cacheFolder(cache);
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    Store store = new Store(folder, new Mirrors(debianMirror), offline, console::progress);
    PgpKey signer = signer(folder);
    Bench.Setup setup = new Bench.Setup(store, signer, blueprint.epoch(), ToolDigest.of(), console);
    BuildReport report;
    try {
      report = ReleaseWriter.write(plan, setup, output);
    } finally {
      console.clear();
    }
    signer.warning().ifPresent(warning -> System.err.println("warning: " + warning));
    report.warnings().forEach(warning -> System.err.println("warning: " + warning));
    if (signKey == null && gpgKey == null && handedKey().isEmpty() && !verbosity.quiet()) {
      System.err.println(
          "warning: signed with the development key '"
              + signer.userId()
              + "'; give --sign-key for a release that others trust");
    }
    if (!verbosity.quiet()) {
      print(report, Duration.ofNanos(System.nanoTime() - start));
    }
    store.prune(Instant.now().minus(KEPT));
    return 0;
  }

  private PgpKey signer(Path cacheFolder) throws IOException {
    if (signKey != null && gpgKey != null) {
      throw new UserError("--sign-key and --gpg-key: a release is signed by one key; give one");
    }
    if (gpgKey != null) {
      return PgpKey.ofAgent(gpgKey);
    }
    if (signKey != null) {
      return PgpKey.read(signKey, KeyCommand.passphrase());
    }
    return handedKey().isPresent()
        ? PgpKey.of(SIGN_KEY, handedKey().get(), KeyCommand.passphrase())
        : PgpKey.development(cacheFolder.resolve("keys"));
  }

  /** The secret key's text, as a CI hands it over. */
  private static Optional<String> handedKey() {
    return Optional.ofNullable(System.getenv(SIGN_KEY)).filter(each -> !each.isBlank());
  }

  private Origin origin() throws IOException {
    if (commit.filter(each -> !each.matches("[0-9a-f]{40}|[0-9a-f]{64}")).isPresent()) {
      throw new UserError(
          "--source-commit '%s': is no commit; give all 40 (or 64) hexadecimal digits, as `git rev-parse HEAD` prints them"
              .formatted(commit.get()));
    }
    return new Origin(common.digest(), commit, Main.VERSION);
  }

  private void print(BuildReport report, Duration time) {
    Map<String, List<Built>> kinds =
        report.files().stream()
            .collect(Collectors.groupingBy(Built::kind, TreeMap::new, Collectors.toList()));
    kinds.forEach(
        (kind, files) -> {
          long made = files.stream().filter(file -> !file.reused()).count();
          long bytes = files.stream().mapToLong(Built::size).sum();
          System.out.printf(
              "%-12s %3d made %3d reused  %s%n",
              kind, made, files.size() - made, Console.size(bytes));
        });
    if (verbose) {
      report
          .files()
          .forEach(
              file -> System.out.println((file.reused() ? "reused " : "made   ") + file.path()));
    }
    System.out.println("release " + report.target() + " in " + Console.took(time));
  }
}

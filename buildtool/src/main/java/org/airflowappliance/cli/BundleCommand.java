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
import org.airflowappliance.bundle.Bundle;
import org.airflowappliance.bundle.ForeignPackages;
import org.airflowappliance.verify.Certificate;
import org.airflowappliance.verify.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code appliance bundle}: a release as one file, for a site without a network. */
@Command(
    name = "bundle",
    description = {
      "Writes a verified release as one tar archive, for a site that no network reaches. Where it is unpacked it is a dnf repository,"
          + " with a .repo file that says so, and its folder release/ can be verified and published as any other.",
      "With --mirror it also holds what nodes need of EL8 and EPEL, as dnf chooses it for a machine that has nothing. That takes dnf"
          + " and createrepo_c on this machine; each package has to be signed by a --mirror-key."
    },
    footer = {
      "",
      "Example:",
      "  appliance bundle dist -o homelab.tar --key release-key.pub \\",
      "    --mirror http://mirror.example/rocky/8/BaseOS/x86_64/os --mirror http://mirror.example/rocky/8/AppStream/x86_64/os \\",
      "    --mirror http://mirror.example/epel/8/Everything/x86_64 \\",
      "    --mirror-key RPM-GPG-KEY-rockyofficial --mirror-key RPM-GPG-KEY-EPEL-8"
    })
final class BundleCommand implements Callable<Integer> {
  @Mixin Verbosity verbosity;

  @Parameters(index = "0", paramLabel = "RELEASE", description = "The folder of a release.")
  Path release;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The archive to write; one that is there is replaced.")
  Path output;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Public OpenPGP key that the release has to be signed with.")
  Path key;

  @Option(
      names = "--mirror",
      paramLabel = "URL|DIR",
      description =
          "A dnf repository to take others' packages from; give all that nodes need: BaseOS, AppStream and EPEL.")
  List<String> mirrors = List.of();

  @Option(
      names = "--mirror-key",
      paramLabel = "FILE",
      description = "Public OpenPGP key of who signs the mirrors' packages.")
  List<Path> mirrorKeys = List.of();

  @Option(
      names = "--at",
      paramLabel = "DIR",
      defaultValue = "/srv",
      description = "Where it will be unpacked, for its .repo file (default: ${DEFAULT-VALUE}).")
  String at;

  @Override
  public Integer call() throws IOException {
    ReleaseFolder folder = new ReleaseFolder(release);
    Optional<Certificate> certificate =
        key == null ? Optional.empty() : Optional.of(Certificate.read(key));
    List<Certificate> keys = new ArrayList<>();
    for (Path each : mirrorKeys) {
      keys.add(Certificate.read(each));
    }
    List<String> urls = new ArrayList<>();
    List<String> problems = problems(urls);
    if (problems.isEmpty()) {
      Verification.of(release, certificate)
          .problems()
          .forEach(each -> problems.add(release + "/" + each));
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    write(
        new Bundle(release, folder.cluster(), folder.number(), at.replaceFirst("/+$", "")),
        urls.isEmpty() ? Optional.empty() : Optional.of(new ForeignPackages(urls, keys)));
    return 0;
  }

  private void write(Bundle bundle, Optional<ForeignPackages> foreign) throws IOException {
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    String what = "writing " + output;
    if (foreign.isPresent()) {
      console.progress("choosing and fetching others' packages", 0, 0);
    }
    AtomicLong done = new AtomicLong();
    Bundle.Written written;
    try {
      written =
          bundle.write(
              output,
              foreign,
              mirrorKeys,
              bytes -> console.progress(what, done.addAndGet(bytes), 0));
    } finally {
      console.clear();
    }
    verbosity.say(
        "%s: %s, %d files, %s, sha256 %s"
            .formatted(
                output,
                bundle.name(),
                written.files(),
                Console.size(written.bytes()),
                written.sha256()));
    verbosity.say(
        foreign.isPresent()
            ? "with %d packages of others".formatted(written.foreign())
            : "without others' packages: nodes take those from their own repositories (see --mirror)");
  }

  /** What is wrong with the command line, all at once. */
  private List<String> problems(List<String> urls) {
    List<String> problems = new ArrayList<>();
    if (Files.isDirectory(output)) {
      problems.add(output + ": is a folder; name a file for -o");
    } else if (!Files.isDirectory(output.toAbsolutePath().getParent())) {
      problems.add(
          "%s: there is no folder %s; make it first"
              .formatted(output, output.toAbsolutePath().getParent()));
    }
    if (!Files.exists(release.resolve("rpm/repodata/repomd.xml"))) {
      problems.add(
          release + ": has no dnf repository; build it with the sections rpm and repository");
    }
    // a URL in a .repo file ends at a blank, and its % would be a sign of more
    if (!at.matches("/[A-Za-z0-9._/+-]*")) {
      problems.add(
          "--at: '" + at + "' is no absolute path of letters, digits and ._+-; name another");
    }
    for (String mirror : mirrors) {
      url(mirror, problems).ifPresent(urls::add);
    }
    if (mirrors.isEmpty() != mirrorKeys.isEmpty()) {
      problems.add(
          "--mirror and --mirror-key go together: nothing is taken that nobody known has signed");
    }
    return problems;
  }

  private static Optional<String> url(String mirror, List<String> problems) {
    Path folder = mirror.contains("://") ? null : Path.of(mirror);
    if (folder != null && !Files.exists(folder.resolve("repodata/repomd.xml"))) {
      problems.add(
          "--mirror: %s holds no repodata/repomd.xml; name a dnf repository".formatted(mirror));
      return Optional.empty();
    }
    try {
      URI uri = folder == null ? new URI(mirror) : folder.toAbsolutePath().normalize().toUri();
      if (uri.getScheme().matches("https?|file")) {
        return Optional.of(uri.toString());
      }
      problems.add("--mirror: " + mirror + " is none of http, https and file; name another");
    } catch (URISyntaxException wrong) {
      problems.add(
          "--mirror: " + mirror + ": is no address (" + wrong.getReason() + "); correct it");
    }
    return Optional.empty();
  }
}

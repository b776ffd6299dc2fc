package org.airflowappliance.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.airflowappliance.bundle.Bundle;
import org.airflowappliance.bundle.ForeignPackages;
import org.airflowappliance.release.Checksums;
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
      "Verifies a release and writes it as one tar archive, for a site that no network reaches. Where it is unpacked it is a dnf repository,"
          + " with a .repo file that says so, and its folder release/ can be verified and published as any other.",
      "With --mirror it also holds what nodes need of EL8 and EPEL, as dnf chooses it for a machine that has nothing. That takes dnf"
          + " and createrepo_c on this machine; each package has to be signed by a --mirror-key."
    },
    footer = {
      "",
      "Example:",
      "  appliance bundle dist -o homelab.tar --key release-key.pub \\",
      "    --mirror https://mirror.example/rocky/8/BaseOS/x86_64/os --mirror https://mirror.example/rocky/8/AppStream/x86_64/os \\",
      "    --mirror https://mirror.example/epel/8/Everything/x86_64 \\",
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
    List<byte[]> keyTexts = new ArrayList<>();
    for (Path each : mirrorKeys) {
      Certificate read = Certificate.ofOthers(each);
      if (keys.stream().noneMatch(one -> one.fingerprint().equals(read.fingerprint()))) {
        keys.add(read);
        keyTexts.add(Files.readAllBytes(each));
      }
    }
    Set<String> urls = new LinkedHashSet<>();
    List<String> problems = problems(urls);
    Map<String, byte[]> lists = lists(folder);
    Verification found = Verification.of(release, certificate);
    problems.addAll(VerifyCommand.shown(release.toString(), found));
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    if (certificate.isEmpty()) {
      System.err.println(VerifyCommand.ANYBODYS);
    }
    write(
        new Bundle(release, lists, cluster(found), found.serial(), at.replaceFirst("/+$", "")),
        urls.isEmpty()
            ? Optional.empty()
            : Optional.of(new ForeignPackages(List.copyOf(urls), keys)),
        keyTexts);
    return 0;
  }

  /** Read before the release is verified: what is packed is held against them. */
  private static Map<String, byte[]> lists(ReleaseFolder folder) throws IOException {
    Map<String, byte[]> lists = new TreeMap<>();
    for (String name : List.of(Checksums.NAME, Checksums.SIGNATURE)) {
      if (Files.isRegularFile(folder.path().resolve(name))) {
        lists.put(name, Files.readAllBytes(folder.path().resolve(name)));
      }
    }
    return lists;
  }

  /** It comes into names of files and into settings of dnf. */
  private String cluster(Verification found) {
    if (!found.cluster().matches("[a-z0-9][a-z0-9-]*")) {
      throw new UserError(
          "%s/release.json: cluster '%s' is no name of a cluster; build the release again"
              .formatted(release, found.cluster().replaceAll("\\p{Cntrl}", "?")));
    }
    return found.cluster();
  }

  private void write(Bundle bundle, Optional<ForeignPackages> foreign, List<byte[]> keys)
      throws IOException {
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
              output, foreign, keys, bytes -> console.progress(what, done.addAndGet(bytes), 0));
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
  private List<String> problems(Set<String> urls) throws IOException {
    List<String> problems = new ArrayList<>();
    if (Files.isDirectory(output)) {
      problems.add(output + ": is a folder; name a file for -o");
    } else if (!Files.isDirectory(output.toAbsolutePath().getParent())) {
      problems.add(
          "%s: there is no folder %s; make it first"
              .formatted(output, output.toAbsolutePath().getParent()));
    } else if (isInput(output)) {
      problems.add(
          output
              + ": would take the place of what the bundle is made from; name another file for -o");
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

  private boolean isInput(Path file) throws IOException {
    Path real = file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
    if (real.startsWith(release.toRealPath())) {
      return true;
    }
    List<Path> keys = new ArrayList<>(mirrorKeys);
    Optional.ofNullable(key).ifPresent(keys::add);
    for (Path each : keys) {
      if (Files.exists(file) && Files.isSameFile(file, each)) {
        return true;
      }
    }
    return false;
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
      if (uri.getUserInfo() != null) {
        // dnf says addresses as they are, and so does whoever keeps what it said
        problems.add("--mirror: an address with a password would be shown; serve it without one");
      } else if (Set.of("http", "https", "file").contains(String.valueOf(uri.getScheme()))) {
        return Optional.of(uri.toString());
      } else {
        problems.add("--mirror: " + mirror + " is none of http, https and file; name another");
      }
    } catch (URISyntaxException wrong) {
      problems.add(
          "--mirror: " + mirror + ": is no address (" + wrong.getReason() + "); correct it");
    }
    return Optional.empty();
  }
}

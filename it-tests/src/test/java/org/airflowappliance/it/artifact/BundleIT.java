package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.WebServer;
import org.airflowappliance.rpm.RpmSeal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Promise: one file is enough to install a node that reaches no network. */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
final class BundleIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String NAME = "airflow-homelab-1";

  @TempDir static Path shared;
  private static Path release;
  private static Path key;
  private static Mirror mirror;

  @TempDir Path folder;

  @BeforeAll
  static void releaseAndMirror() throws IOException {
    release = Tool.withoutBills();
    key = Tool.exported(Folders.cache().resolve("keys/development.asc"), shared);
    mirror = Mirror.create(shared.resolve("mirror"));
  }

  private Program bundle(List<String> mirrors, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("bundle", release.toString(), "-o", "bundle.tar"));
    mirrors.forEach(each -> arguments.addAll(List.of("--mirror", each)));
    // as one gives a key with each mirror
    mirrors.forEach(
        each -> arguments.addAll(List.of("--mirror-key", mirror.publicKey().toString())));
    arguments.addAll(List.of(more));
    return Tool.attempt(folder, Map.of(), List.of(), arguments.toArray(String[]::new));
  }

  private static List<String> folders() {
    return mirror.repositories().stream().map(Path::toString).toList();
  }

  /** In a namespace of its own dnf has not even the loopback interface. */
  @Test
  void aNodeWithoutANetworkInstallsFromIt() throws IOException {
    Path at = Files.createDirectory(folder.resolve("srv"));
    Program made = bundle(folders(), "--key", key.toString(), "--at", at.toString());
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.out()).contains("with 8 packages of others");
    Path unpacked = unpack(at);
    assertThat(unpacked.resolve("foreign"))
        .isDirectoryContaining("glob:**/glibc-1-1.el8.x86_64.rpm");
    assertThat(unpacked.resolve("foreign")).isDirectoryNotContaining("glob:**/other-*");
    DnfRoot root = DnfRoot.bare(folder.resolve("node"));
    root.withRepository(Files.readString(unpacked.resolve("airflow-homelab.repo")));
    Program installed = root.dnf(List.of("unshare", "-n"), "install", "airflow-cluster-homelab");
    assertThat(installed.code()).as(installed.out() + installed.err()).isZero();
    assertThat(root.rpm("-qa", "--qf", "%{NAME}\n").lines())
        .contains("airflow-cluster-homelab", "airflow-scheduler", "python39", "fuse-libs", "glibc");

    Program verified =
        Tool.attempt(
            folder, Map.of(), List.of(), "verify", unpacked + "/release", "--key", key.toString());
    assertThat(verified.code()).as(verified.err()).isZero();
  }

  private Path unpack(Path at) throws IOException {
    Program.run(LIMIT, "tar", "-C", at.toString(), "-xf", folder + "/bundle.tar");
    return at.resolve(NAME);
  }

  /** Who has a mirror in the site, or EL8 on a disk, needs the release alone. */
  @Test
  void aBundleWithoutMirrorsIsTheRelease() throws IOException {
    Program made = bundle(List.of());
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.err()).contains("NOT AUTHENTICATED");
    Path unpacked = unpack(folder);
    assertThat(Files.readString(unpacked.resolve("airflow-homelab.repo")))
        .contains("#   dnf install airflow-cluster-homelab\n")
        .contains("baseurl=file:///srv/" + NAME + "/release/rpm\n")
        .doesNotContain("foreign");
    assertThat(unpacked.resolve("foreign")).doesNotExist();
    Program diff =
        Tool.attempt(
            folder,
            Map.of(),
            List.of(),
            "verify",
            unpacked + "/release",
            "--key",
            key.toString(),
            "--same-as",
            release.toString());
    assertThat(diff.code()).as(diff.err()).isZero();
  }

  @Test
  void packagesFromAServerGiveTheSameBytes() throws IOException {
    assertThat(bundle(folders(), "-q").code()).isZero();
    Path first = Files.move(folder.resolve("bundle.tar"), folder.resolve("first.tar"));
    try (WebServer server = new WebServer("127.0.0.1")) {
      server.serve(mirror.folder());
      List<String> urls = List.of(server.url() + "/BaseOS", server.url() + "/AppStream");
      Program made = bundle(urls, "-q");
      assertThat(made.code()).as(made.err()).isZero();
    }
    assertThat(Files.mismatch(first, folder.resolve("bundle.tar"))).isEqualTo(-1);
  }

  @Test
  void aPackageThatNobodyKnownHasSignedIsRefused() throws IOException {
    Path repository = Files.createDirectory(folder.resolve("stranger"));
    for (Path each : Mirror.packages(mirror.repositories().get(0))) {
      Files.copy(each, repository.resolve(each.getFileName()));
    }
    Path signed = repository.resolve("glibc-1-1.el8.x86_64.rpm");
    byte[] bytes = Files.readAllBytes(signed);
    bytes[(int) RpmSeal.of(signed).header().end() + 1] ^= 1;
    Files.write(signed, bytes);
    Program.run(LIMIT, "rpmsign", "--delsign", repository + "/bash-1-1.el8.x86_64.rpm");
    mirror.index(repository);
    Files.writeString(folder.resolve("bundle.tar"), "an older one");
    Program refused =
        bundle(
            List.of(repository.toString(), mirror.repositories().get(1).toString()),
            "-q",
            "--key",
            key.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("glibc-1-1.el8.x86_64.rpm: its payload has sha256 "))
        .anyMatch(line -> line.startsWith("bash-1-1.el8.x86_64.rpm: nobody has signed it"));
    assertThat(folder.resolve("bundle.tar")).hasContent("an older one");
  }

  @Test
  void aPackageOfAStrangerIsRefused() throws IOException {
    Program refused =
        bundle(
            List.of(),
            "-q",
            "--mirror",
            folders().get(0),
            "--mirror",
            folders().get(1),
            "--mirror-key",
            key.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err().lines().filter(line -> !line.startsWith("NOT AUTHENTICATED")))
        .hasSize(8)
        .allMatch(line -> line.contains("el8.x86_64.rpm: is not signed by "));
  }

  @Test
  void aMirrorThatLacksPackagesIsToldOf() throws IOException {
    Program refused = bundle(folders().subList(0, 1), "-q");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("nothing provides python39 needed by airflow-2.2.5")
        .contains("see to the mirrors");
    assertThat(folder.resolve("bundle.tar")).doesNotExist();
  }

  @Test
  void aReleaseIsVerifiedBefore() throws IOException {
    Program other = bundle(folders(), "-q", "--key", mirror.publicKey().toString());
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("SHA256SUMS: is signed by key");
    assertThat(folder.resolve("bundle.tar")).doesNotExist();
  }

  @Test
  void allThatIsWrongIsToldAtOnce() throws IOException {
    Program refused =
        Tool.attempt(
            folder,
            Map.of(),
            List.of(),
            "bundle",
            release.toString(),
            "-o",
            release + "/SHA256SUMS",
            "--at",
            "srv",
            "--mirror",
            "no-mirror",
            "--mirror",
            "ftp://mirror.example/8",
            "--mirror",
            "https://user:password@mirror.example/8");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err().lines())
        .hasSize(6)
        .anyMatch(line -> line.contains("SHA256SUMS: would take the place of what the bundle is"))
        .anyMatch(line -> line.startsWith("--at: 'srv' is no absolute path"))
        .anyMatch(line -> line.startsWith("--mirror: no-mirror holds no repodata/repomd.xml"))
        .anyMatch(line -> line.startsWith("--mirror: ftp://mirror.example/8 is none of http"))
        .anyMatch(line -> line.startsWith("--mirror: an address with a password would be shown"))
        .anyMatch(line -> line.startsWith("--mirror and --mirror-key go together"));
    assertThat(release.resolve("SHA256SUMS")).content().contains("release.json");
  }
}

package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.verify.Certificate;
import org.airflowappliance.verify.Verification;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promise: whoever has the key sees whether a release is the one that was signed, and what is not.
 */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
final class VerifyIT {
  private static final String CONFIGURATION = "rpm/airflow-cluster-homelab-1-1.el8.noarch.rpm";
  private static final String NEXT = "rpm/airflow-cluster-homelab-1-2.el8.noarch.rpm";
  private static final String WEBSERVER = "rpm/airflow-webserver-2.2.5-1.el8.noarch.rpm";
  private static final Map<String, String> LOCKED =
      Map.of("APPLIANCE_SIGN_PASSPHRASE", "open sesame");

  /** One of each kind. */
  private static final List<String> FLIPPED =
      List.of(
          CONFIGURATION,
          "rpm/repodata/primary.xml.gz",
          "rpm/repodata/repomd.xml",
          "rpm/RPM-GPG-KEY-airflow-appliance",
          "images/s3fs.tar",
          "images/s3fs.digest",
          "images/s3fs.cosign.json",
          "images/s3fs.cosign.json.sig",
          "provenance.json",
          "manifests/pod_template.yaml",
          "pxe/undionly.kpxe",
          "keycloak/realm.json",
          "s3/nodes.json",
          "sbom/release.spdx.json",
          "THIRD-PARTY.txt",
          "release.json");

  @TempDir static Path shared;
  private static Path release;
  private static Path light;
  private static Path publicKey;
  private static Path foreign;
  private static Path next;
  private static Program made;
  private static Certificate key;

  @TempDir Path folder;

  /** The same release signed by somebody else, and the next one by the same key. */
  @BeforeAll
  static void releases() throws IOException {
    release = Tool.example();
    light = Tool.withoutBills();
    publicKey = Tool.exported(Folders.cache().resolve("keys/development.asc"), shared);
    key = Certificate.read(publicKey);
    Path secret = shared.resolve("somebody.asc");
    made =
        Tool.run(
            shared, LOCKED, "key", "generate", secret.toString(), "--user-id", "Somebody else");
    foreign = shared.resolve("foreign");
    Tool.run(shared, LOCKED, "build", "-q", "--sign-key", secret.toString(), "-o", "foreign");
    next = shared.resolve("next");
    Tool.run(shared, Map.of(), "build", "-q", numbered(2).toString(), "-o", "next");
  }

  /** A copy whose files are the release's own until one is replaced. */
  private Path copy(Path from) throws IOException {
    Path copy = folder.resolve("copy");
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path each : walk.toList()) {
        Path target = copy.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          try {
            Files.createLink(target, each);
          } catch (FileSystemException another) {
            Files.copy(each, target);
          }
        }
      }
    }
    return copy;
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Lists.replace(file, bytes);
  }

  /** A release that nobody has signed, so that what is inside has to fit by itself. */
  private static void unsigned(Path copy) throws IOException {
    Files.delete(copy.resolve("rpm/RPM-GPG-KEY-airflow-appliance"));
    Lists.anew(copy);
  }

  /** Made anew and signed by the right key, as by a mistake of who has it. */
  private static void resigned(Path copy) throws IOException {
    Lists.anew(copy);
    PgpKey secret = PgpKey.development(Folders.cache().resolve("keys"));
    try (InputStream list = Files.newInputStream(copy.resolve("SHA256SUMS"))) {
      Lists.replace(
          copy.resolve("SHA256SUMS.asc"),
          secret.signArmored(list, Instant.now()).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What the command says that is wrong, each with the file's path in the release. */
  private static List<String> told(Path copy, String... options) throws IOException {
    Program ran = verify(copy, options);
    assertThat(ran.code()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).doesNotContain("Exception");
    return ran.err()
        .lines()
        .map(line -> line.replaceFirst("^" + Pattern.quote(copy + "/"), ""))
        .toList();
  }

  private static List<String> problems(Path copy) throws IOException {
    return found(copy, Optional.of(key));
  }

  private static List<String> withoutKey(Path copy) throws IOException {
    return found(copy, Optional.empty());
  }

  /**
   * The same without the command, since to start the tool takes longer than most of these releases
   * take to verify; none when all is well.
   */
  private static List<String> found(Path copy, Optional<Certificate> by) throws IOException {
    List<String> problems = Verification.of(copy, by).problems();
    assertThat(problems).noneMatch(each -> each.contains("Exception"));
    return problems;
  }

  @Test
  void aKeyThatWasMadeSignsWithItsPassphraseAlone() throws IOException {
    Path secret = shared.resolve("somebody.asc");
    assertThat(Files.getPosixFilePermissions(secret))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Program locked =
        Tool.attempt(
            shared,
            Map.of(),
            List.of(),
            "build",
            "-q",
            "--sign-key",
            secret.toString(),
            "-o",
            "no");
    assertThat(locked.err()).contains("protected by a passphrase; give it in APPLIANCE_SIGN_");
    Path somebody = Tool.exported(secret, shared);
    String fingerprint = Certificate.read(somebody).fingerprint();
    assertThat(made.out()).contains("key " + fingerprint + " of 'Somebody else';");
    Program good = verify(foreign, "--key", somebody.toString());
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out()).contains("signed by " + fingerprint + " 'Somebody else'");
  }

  @Test
  void theReleaseIsWhatWasSigned() throws IOException {
    Program good = verify(release, "--key", publicKey.toString());
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out())
        .contains("release 1 of homelab, Airflow 2.2.5", "signed by " + key.fingerprint());
    assertThat(good.err()).isEmpty();
  }

  private static Program verify(Path release, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("verify", release.toString()));
    words.addAll(List.of(options));
    return Tool.attempt(shared, Map.of(), List.of(), words.toArray(String[]::new));
  }

  @Test
  void theListsCanBeCheckedWithoutTheTool() throws IOException {
    String line =
        Files.readAllLines(Tool.ROOT.resolve("README.md")).stream()
            .filter(each -> each.startsWith("gpg --dearmor < KEY"))
            .findFirst()
            .orElseThrow();
    Path copy = copy(light);
    Files.copy(publicKey, copy.resolve("given.pub"));
    for (String key : List.of(publicKey.toString(), "given.pub")) {
      Program good = shell(copy, line.replace("KEY", key));
      assertThat(good.code()).as(good.err()).isZero();
    }
    flip(copy.resolve("s3/nodes.json"));
    assertThat(shell(copy, line.replace("KEY", "given.pub")).out())
        .contains("s3/nodes.json: FAILED");
  }

  private Program shell(Path place, String line) throws IOException {
    Path home = Files.createDirectories(folder.resolve("gpg"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder command = new ProcessBuilder("sh", "-c", line).directory(place.toFile());
    command.environment().put("GNUPGHOME", home.toString());
    return Program.attempt(Duration.ofMinutes(1), command);
  }

  @Test
  void withoutAKeyItSaysThatNobodyKnowsWhoseItIs() throws IOException {
    Program unknown = verify(release);
    assertThat(unknown.code()).isEqualTo(3);
    assertThat(unknown.err()).startsWith("NOT AUTHENTICATED");
    // the key that lies in it would say the same of a forged one
    assertThat(withoutKey(foreign)).isEmpty();
  }

  @Test
  void anOldReleaseIsRefusedWhereANewerOneIsWanted() throws IOException {
    Path one = kickstarts(numbered(1));
    Path two = kickstarts(numbered(2));
    String[] options = {"--key", publicKey.toString(), "--newer-than"};
    Program other = verify(one, options[0], options[1], "--cluster", "prod");
    assertThat(other.err()).contains("is of cluster 'homelab', not 'prod'");
    Program same = verify(one, options[0], options[1], options[2], two.toString());
    assertThat(same.code()).isEqualTo(1);
    assertThat(same.err()).contains("is release 1, which is not newer than 2");
    assertThat(verify(two, options[0], options[1], options[2], "1").code()).isZero();
    assertThat(verify(two, options[0], options[1], options[2], one.toString()).code()).isZero();
  }

  /** The example with a number. */
  private static Path numbered(int number) throws IOException {
    String example = Files.readString(Tool.ROOT.resolve("buildtool/examples/homelab.yaml"));
    return Files.writeString(
        shared.resolve(number + ".yaml"),
        example.replaceFirst("(?m)^release: 1$", "release: " + number));
  }

  /** A release that is soon read. */
  private Path kickstarts(Path cluster) throws IOException {
    Path made = folder.resolve(cluster.getFileName() + ".release");
    Tool.run(
        shared,
        Map.of(),
        "build",
        "-q",
        cluster.toString(),
        "--only",
        "kickstart",
        "-o",
        made.toString());
    return made;
  }

  /** All at once: each is told by itself, and for one reason only. */
  @Test
  void flippedBitsAreNamed() throws IOException {
    Path copy = copy(release);
    for (String path : FLIPPED) {
      flip(copy.resolve(path));
    }
    List<String> said = told(copy, "--key", publicKey.toString());
    for (String path : FLIPPED) {
      assertThat(said).filteredOn(each -> each.startsWith(path + ": has sha256")).hasSize(1);
    }
    assertThat(said).hasSameSizeAs(FLIPPED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256SUMS", "SHA256SUMS.asc"})
  void aChangedListOrItsSignatureIsNamed(String path) throws IOException {
    Path copy = copy(light);
    String[] keyed = {"--key", publicKey.toString()};
    flip(copy.resolve(path));
    assertThat(told(copy, keyed)).anyMatch(each -> each.startsWith(path + ": "));
    assertThat(told(copy)).anyMatch(each -> each.startsWith(path + ": "));
    Files.delete(copy.resolve(path));
    assertThat(told(copy, keyed)).anyMatch(each -> each.startsWith(path + ": is missing"));
  }

  @Test
  void aReleaseOfSomeSectionsIsWholeAlsoByALinkToIt() throws IOException {
    Path some = folder.resolve("some");
    Tool.run(shared, Map.of(), "build", "-q", "--only", "rpm", "-o", some.toString());
    Path link = Files.createSymbolicLink(folder.resolve("newest"), some);
    assertThat(verify(link, "--key", publicKey.toString()).code()).isZero();
  }

  @Test
  void missingExtraSwappedAndLinkedFilesAreNamed() throws IOException {
    Path copy = copy(light);
    Files.delete(copy.resolve("manifests/40-quota.yaml"));
    Files.writeString(copy.resolve("rpm/evil-1-1.noarch.rpm"), "evil");
    Files.move(copy.resolve("kickstart/airflow1.ks"), folder.resolve("one"));
    Files.move(copy.resolve("kickstart/airflow2.ks"), copy.resolve("kickstart/airflow1.ks"));
    Files.move(folder.resolve("one"), copy.resolve("kickstart/airflow2.ks"));
    Files.delete(copy.resolve("pxe/boot.ipxe"));
    Files.createSymbolicLink(copy.resolve("pxe/boot.ipxe"), light.resolve("pxe/boot.ipxe"));
    assertThat(problems(copy))
        .anyMatch(each -> each.startsWith("manifests/40-quota.yaml: is missing"))
        .anyMatch(each -> each.startsWith("rpm/evil-1-1.noarch.rpm: is not named by SHA256SUMS"))
        .anyMatch(each -> each.startsWith("kickstart/airflow1.ks: has sha256"))
        .anyMatch(each -> each.startsWith("kickstart/airflow2.ks: has sha256"))
        .anyMatch(each -> each.startsWith("pxe/boot.ipxe: is no file but a link"));
  }

  @Test
  void aReleaseOfAnotherKeyIsRefusedWholeAndInParts() throws IOException {
    assertThat(problems(foreign))
        .singleElement()
        .asString()
        .startsWith("SHA256SUMS: is signed by key")
        .contains("not by " + key.fingerprint());

    Path copy = copy(light);
    Lists.replace(copy.resolve(WEBSERVER), Files.readAllBytes(foreign.resolve(WEBSERVER)));
    assertThat(problems(copy)).singleElement().asString().startsWith(WEBSERVER + ": has sha256");
    Lists.anew(copy);
    assertThat(problems(copy)).singleElement().asString().startsWith("SHA256SUMS: is not what key");
    unsigned(copy);
    assertThat(withoutKey(copy))
        .contains("rpm/repodata/primary.xml.gz: does not name " + WEBSERVER);
  }

  @Test
  void whatElseIsSignedHasToBeSignedByTheSameKey() throws IOException {
    Path copy = copy(release);
    for (String path :
        List.of(
            WEBSERVER,
            "rpm/repodata/repomd.xml.asc",
            "rpm/RPM-GPG-KEY-airflow-appliance",
            "images/s3fs.cosign.json.sig",
            "provenance.json")) {
      Lists.replace(copy.resolve(path), Files.readAllBytes(foreign.resolve(path)));
    }
    resigned(copy);
    assertThat(problems(copy))
        .anyMatch(each -> each.startsWith(WEBSERVER + ": is signed by key"))
        .anyMatch(each -> each.startsWith("rpm/repodata/repomd.xml: is signed by key"))
        .anyMatch(each -> each.startsWith("rpm/RPM-GPG-KEY-airflow-appliance: is key"))
        .anyMatch(each -> each.startsWith("images/s3fs.cosign.json.sig: is not by key"))
        .anyMatch(each -> each.startsWith("provenance.json: is not signed by key"));
  }

  @Test
  void whatIsSignedAboutSomethingElseIsFound() throws IOException {
    Path copy = copy(release);
    for (String each : List.of(".cosign.json", ".cosign.json.sig")) {
      Lists.replace(
          copy.resolve("images/s3fs" + each),
          Files.readAllBytes(release.resolve("images/airflow-worker" + each)));
    }
    Lists.replace(
        copy.resolve("provenance.json"), Files.readAllBytes(next.resolve("provenance.json")));
    resigned(copy);
    assertThat(problems(copy))
        .anyMatch(each -> each.matches("images/s3fs.cosign.json: is about .*/airflow-worker@.*"))
        .anyMatch(
            each -> each.matches("provenance.json: says .* of " + NEXT + ", which is missing.*"));
  }

  @Test
  void aMixOfTwoReleasesIsNamed() throws IOException {
    Path copy = copy(light);
    Files.delete(copy.resolve(CONFIGURATION));
    Files.copy(next.resolve(NEXT), copy.resolve(NEXT));
    assertThat(problems(copy))
        .anyMatch(each -> each.startsWith(CONFIGURATION + ": is missing"))
        .anyMatch(each -> each.startsWith(NEXT + ": is not named by SHA256SUMS"));
    unsigned(copy);
    assertThat(withoutKey(copy))
        .contains(NEXT + ": is version 1-2.el8, not 1-1.el8 of this release; do not mix releases")
        .anyMatch(
            each ->
                each.matches(
                    "rpm/repodata/primary.xml.gz: names airflow-cluster-homelab .*no package.*"))
        .contains("rpm/repodata/filelists.xml.gz: does not name " + NEXT);
  }

  /** Both lists say what is there, so only what is inside can tell. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        WEBSERVER + " | " + WEBSERVER + ": its ",
        "images/s3fs.tar | images/s3fs.tar: its part blobs/sha256/",
        "rpm/repodata/repomd.xml | rpm/repodata/repomd.xml: "
      })
  void whatIsInsideIsLookedAtToo(String path, String said) throws IOException {
    Path copy = copy(light);
    flip(copy.resolve(path));
    unsigned(copy);
    assertThat(withoutKey(copy)).anyMatch(each -> each.startsWith(said));
  }

  @Test
  void anImageThatPodsWouldNotNameIsFound() throws IOException {
    Path copy = copy(light);
    String digest = "sha256:" + "0".repeat(64);
    Lists.replace(
        copy.resolve("images/airflow-worker.digest"),
        (digest + "\n").getBytes(StandardCharsets.UTF_8));
    Path template = copy.resolve("manifests/pod_template.yaml");
    Lists.replace(
        template,
        Files.readString(template)
            .replaceAll("(/s3fs@)sha256:\\w+", "$1" + digest)
            .getBytes(StandardCharsets.UTF_8));
    unsigned(copy);
    assertThat(withoutKey(copy))
        .anyMatch(each -> each.startsWith("images/airflow-worker.digest: says " + digest))
        .anyMatch(each -> each.startsWith("manifests/pod_template.yaml: names image s3fs with"))
        .anyMatch(each -> each.contains("holds another /etc/airflow/pod_template.yaml"));
  }

  /** A component less and one more, in both formats, and the bill of another file. */
  @Test
  void aBillOfOtherPackagesIsFound() throws IOException {
    Path copy = copy(release);
    for (String format : List.of("cdx", "spdx")) {
      Path bill = copy.resolve("sbom/s3fs." + format + ".json");
      Lists.replace(
          bill,
          Files.readString(bill)
              .replace("pkg:deb/debian/s3fs@", "pkg:deb/debian/rootkit@")
              .getBytes(StandardCharsets.UTF_8));
    }
    String rpm = WEBSERVER.replaceFirst("rpm/", "sbom/");
    Lists.replace(
        copy.resolve(rpm + ".spdx.json"), Files.readAllBytes(foreign.resolve(rpm + ".spdx.json")));
    Files.delete(copy.resolve(rpm + ".cdx.json"));
    resigned(copy);
    assertThat(problems(copy))
        .anyMatch(each -> each.matches("sbom/s3fs.cdx.json: names Debian's rootkit .* not in.*"))
        .anyMatch(each -> each.matches("sbom/s3fs.cdx.json: does not name Debian's s3fs .*"))
        .anyMatch(each -> each.matches("sbom/s3fs.spdx.json: names Debian's rootkit .* not in.*"))
        .anyMatch(each -> each.startsWith(rpm + ".spdx.json: is of a file with sha256 "))
        .contains(rpm + ".cdx.json: is missing; fetch it again");
  }

  @Test
  void aKickstartWithAnotherKeyIsFound() throws IOException {
    Path copy = copy(light);
    Lists.replace(
        copy.resolve("kickstart/airflow3.ks"),
        Files.readAllBytes(foreign.resolve("kickstart/airflow3.ks")));
    resigned(copy);
    assertThat(problems(copy))
        .anyMatch(each -> each.startsWith("kickstart/airflow3.ks: makes nodes trust another key"));
  }
}

package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Promise: the packages are what rpm, rpmlint and a node's C library accept. */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class RpmIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern ALLOWED =
      Pattern.compile(
          "/usr/lib/airflow(/.*)?|/usr/bin/airflow|/etc/airflow(/.*)?|/opt/airflow(/.*)?|/var/(log|lib)/airflow|/run/airflow(/.*)?"
              + "|/usr/lib/systemd/system/airflow[a-z.-]*|/usr/lib/systemd/system-preset/90-airflow.preset"
              + "|/usr/lib/(sysusers|tmpfiles).d/airflow[a-z0-9-]*.conf|/etc/security/limits.d/airflow.conf|/etc/logrotate.d/airflow"
              + "|/usr/lib/firewalld/services/airflow-webserver.xml|/usr/share/(licenses|doc)/airflow[a-z0-9-]*(/.*)?");

  private static Path release;
  private static List<Path> packages;

  @TempDir static Path folder;

  @BeforeAll
  static void build() throws IOException {
    release = Tool.example();
    try (Stream<Path> files = Files.list(release.resolve("rpm"))) {
      packages = files.filter(file -> file.toString().endsWith(".rpm")).sorted().toList();
    }
    assertThat(packages).hasSize(5);
  }

  @Test
  void everyPackageHasGoodDigestsAndAGoodSignature() throws IOException {
    Path database = Files.createDirectories(folder.resolve("rpmdb"));
    Program.run(
        LIMIT,
        "rpm",
        "--dbpath",
        database.toString(),
        "--import",
        release.resolve("rpm/RPM-GPG-KEY-airflow-appliance").toString());
    for (Path each : packages) {
      String checked =
          Program.run(LIMIT, "rpm", "--dbpath", database.toString(), "-Kv", each.toString()).out();
      assertThat(checked)
          .contains("RSA/SHA256 Signature", "Header SHA256 digest: OK", "Payload SHA256 digest: OK")
          .doesNotContain("NOKEY", "BAD");
    }
  }

  @Test
  void aFlippedByteIsNoticed() throws IOException {
    byte[] bytes =
        Files.readAllBytes(
            packages.stream()
                .filter(each -> each.toString().contains("cluster"))
                .findFirst()
                .orElseThrow());
    bytes[bytes.length - 100] ^= 1;
    Path damaged = Files.write(folder.resolve("damaged.rpm"), bytes);
    assertThat(Program.attempt(LIMIT, new ProcessBuilder("rpm", "-K", damaged.toString())).code())
        .isNotZero();
  }

  @Test
  void theSumsAndTheirSignatureAreGood() throws IOException {
    Program.run(LIMIT, "sh", "-c", "cd '" + release + "' && sha256sum --quiet --check SHA256SUMS");
    Path key = folder.resolve("key.gpg");
    Program.run(
        LIMIT,
        "sh",
        "-c",
        "sed -n '/^$/,/^=/p' '"
            + release
            + "/rpm/RPM-GPG-KEY-airflow-appliance' | grep -v '^=' | base64 -d > '"
            + key
            + "'");
    for (String signed : List.of("SHA256SUMS", "rpm/repodata/repomd.xml")) {
      Program.run(
          LIMIT,
          "gpgv",
          "--keyring",
          key.toString(),
          release.resolve(signed + ".asc").toString(),
          release.resolve(signed).toString());
    }
  }

  @Test
  void rpmlintFindsNothingBeyondTheReviewedExceptions() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("rpmlint", "--config", Tool.ROOT.resolve("it-tests/rpmlint.toml").toString()));
    packages.forEach(each -> command.add(each.toString()));
    Program judged = Program.attempt(LIMIT.multipliedBy(2), new ProcessBuilder(command));
    assertThat(judged.out()).contains(" 0 errors, 0 warnings");
  }

  @Test
  void noFileStandsOutsideThePathTableAndNoneHasADangerousMode() throws IOException {
    for (Path each : packages) {
      String files =
          Program.run(
                  LIMIT,
                  "rpm",
                  "-qp",
                  "--qf",
                  "[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\n]",
                  each.toString())
              .out();
      for (String line : files.lines().toList()) {
        String[] parts = line.split(" ", 3);
        assertThat(parts[2]).as(each.getFileName().toString()).matches(ALLOWED);
        assertThat(parts[0]).as(line).doesNotContain("s", "S", "t");
        assertThat(parts[0].charAt(8))
            .as("world-writable: " + line)
            .satisfiesAnyOf(
                mode -> assertThat(mode).isEqualTo('-'),
                mode -> assertThat(parts[0]).startsWith("l"));
        if (parts[2].startsWith("/usr/")) {
          assertThat(parts[1]).as(line).isEqualTo("root");
        }
      }
    }
  }

  @Test
  void privateLibrariesProvideAndRequireNothing() throws IOException {
    for (Path each : packages) {
      String relations =
          Program.run(LIMIT, "rpm", "-qp", "--requires", "--provides", each.toString()).out();
      assertThat(relations).as(each.toString()).doesNotContain(".so", "python3.9dist", "pythonabi");
    }
  }

  @Test
  void noSharedObjectNeedsANewerCLibraryThanEl8s() throws IOException {
    Path unpacked = Files.createDirectories(folder.resolve("unpacked"));
    Path code =
        packages.stream()
            .filter(each -> each.toString().endsWith("x86_64.rpm"))
            .findFirst()
            .orElseThrow();
    Program.run(
        LIMIT,
        "sh",
        "-c",
        "cd '" + unpacked + "' && rpm2cpio '" + code + "' | cpio -idm --quiet '*.so' '*.so.*'");
    String versions =
        Program.run(
                LIMIT,
                "sh",
                "-c",
                "find '"
                    + unpacked
                    + "' -type f -exec readelf -V {} + | grep -o 'GLIBC_[0-9.]*' | sort -u")
            .out();
    List<String> found =
        Pattern.compile("GLIBC_2\\.(\\d+)")
            .matcher(versions)
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(found).isNotEmpty();
    assertThat(found)
        .allSatisfy(
            version -> assertThat(Integer.parseInt(version.substring(8))).isLessThanOrEqualTo(28));
  }
}

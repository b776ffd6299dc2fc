package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.airflowappliance.image.ImageArchive;
import org.airflowappliance.it.site.Program;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promise: the bills of materials are valid, name the packages that syft finds, and each package's
 * licence text is where the list of third parties says.
 */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class SbomIT {
  /** Syft is three hundred modules. */
  private static final Duration BUILD = Duration.ofMinutes(20);

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Programs of Debian's packages that are found a second time, and the launchers of setuptools.
   */
  private static final Pattern OF_PACKAGES =
      Pattern.compile("bash|busybox|gzip|krb5|python|(cli|gui)(-32|-64|-arm64)?");

  /** Scanners tell the point release, which no package depends on. */
  private static final Pattern DISTRIBUTION = Pattern.compile("distro=[^&]*&?|[?&]$");

  @TempDir static Path folder;
  private static Path release;
  private static String syft;

  @BeforeAll
  static void build() throws IOException {
    release = Tool.example();
    syft =
        Program.run(
                BUILD,
                Tool.ROOT.resolve("it-tests/go-program").toString(),
                "github.com/anchore/syft/cmd/syft",
                "v1.57.1")
            .out()
            .strip();
  }

  private static List<Path> files(String folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(release.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  @Test
  void everyBillIsValid() throws IOException {
    List<Path> cycloneDx = files("sbom", ".cdx.json");
    List<Path> spdx = files("sbom", ".spdx.json");
    int all = files("rpm", ".rpm").size() + files("images", ".tar").size() + 1;
    assertThat(cycloneDx).hasSize(all);
    assertThat(spdx).hasSize(all);
    for (Path each : cycloneDx) {
      assertThat(new JsonParser().validate(each.toFile(), Version.VERSION_16))
          .as(each.toString())
          .isEmpty();
    }
    try (InputStream schema = getClass().getResourceAsStream("/resources/spdx-schema-v2.3.json")) {
      JsonSchema official =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
              .getSchema(JSON.readTree(schema));
      for (Path each : spdx) {
        assertThat(official.validate(JSON.readTree(each.toFile()))).as(each.toString()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"images/airflow-worker.tar", "images/s3fs.tar", "rpm/airflow-2.*.rpm"})
  void syftFindsTheSamePackages(String pattern) throws IOException {
    Path file = file(pattern);
    String name = file.getFileName().toString().replaceFirst("\\.tar$", "");
    Set<String> named = new TreeSet<>();
    JsonNode bill = JSON.readTree(release.resolve("sbom/" + name + ".cdx.json").toFile());
    for (JsonNode each : bill.path("components")) {
      named.add(withoutDistribution(each.path("purl").asText()));
      assertThat(each.path("hashes").path(0).path("content").asText())
          .as(each.toString())
          .matches("[0-9a-f]{64}");
      assertThat(each.path("licenses")).as(each.toString()).isNotEmpty();
    }
    ProcessBuilder scan =
        new ProcessBuilder(syft, "scan", "-q", "-o", "json", "dir:" + unpacked(file));
    scan.environment().put("SYFT_CHECK_FOR_APP_UPDATE", "false");
    Program ran = Program.attempt(LIMIT, scan);
    assertThat(ran.code()).as(ran.err()).isZero();
    Set<String> found = new TreeSet<>();
    for (JsonNode each : JSON.readTree(ran.out()).path("artifacts")) {
      if (Set.of("python", "deb").contains(each.path("type").asText())) {
        found.add(withoutDistribution(each.path("purl").asText()));
      } else {
        assertThat(each.path("name").asText()).matches(OF_PACKAGES);
      }
    }
    assertThat(named).isNotEmpty().isEqualTo(found);
  }

  private static String withoutDistribution(String purl) {
    return DISTRIBUTION.matcher(DISTRIBUTION.matcher(purl).replaceAll("")).replaceAll("");
  }

  private static Path file(String pattern) throws IOException {
    return files(pattern.replaceFirst("/.*", ""), "").stream()
        .filter(each -> each.toString().matches(".*/" + pattern))
        .findFirst()
        .orElseThrow();
  }

  /** The files that a package or an image brings, below a folder. */
  private static synchronized Path unpacked(Path file) throws IOException {
    Path root = folder.resolve(file.getFileName() + ".root");
    if (Files.exists(root)) {
      return root;
    }
    Files.createDirectory(root);
    if (file.toString().endsWith(".rpm")) {
      Program.run(
          LIMIT,
          "sh",
          "-c",
          "cd \"$1\" && rpm2cpio \"$2\" | cpio -idm --quiet",
          "sh",
          root.toString(),
          file.toString());
      return root;
    }
    Path archive = Files.createDirectory(folder.resolve(file.getFileName() + ".layers"));
    Program.run(LIMIT, "tar", "-xf", file.toString(), "-C", archive.toString());
    try (ImageArchive image = ImageArchive.open(file)) {
      for (String layer : image.layers()) {
        String path = archive.resolve(layer).toString();
        Program.run(LIMIT, "tar", "-xzf", path, "--no-same-owner", "-C", root.toString());
      }
    }
    return root;
  }

  @ParameterizedTest
  @ValueSource(strings = {"images/airflow-worker.tar", "images/s3fs.tar", "rpm/airflow-2.*.rpm"})
  void eachLicenceTextIsWhereTheListSays(String pattern) throws IOException {
    Path file = file(pattern);
    Path root = unpacked(file).toRealPath();
    List<String> texts = texts(release.relativize(file).toString());
    assertThat(texts).hasSizeGreaterThan(40);
    for (String text : texts) {
      Path place = root.resolve(text.substring(1));
      assertThat(place).isNotEmptyFile();
      assertThat(place.toRealPath()).startsWith(root);
    }
  }

  @Test
  void rpmKnowsTheTextsOfLicences() throws IOException {
    Path rpm = file("rpm/airflow-2.*.rpm");
    String known = Program.run(LIMIT, "rpm", "-qp", "--licensefiles", rpm.toString()).out();
    assertThat(known.lines()).containsAll(texts(release.relativize(rpm).toString()));
  }

  @Test
  void bootLoadersHaveTheirLicencesBesideThem() throws IOException {
    assertThat(texts("pxe/undionly.kpxe"))
        .contains("pxe/licences/ipxe.txt", "pxe/licences/grub-efi-amd64-bin.txt")
        .allSatisfy(text -> assertThat(release.resolve(text)).isNotEmptyFile());
  }

  /** The places that are named in the groups of a file of the release. */
  private static List<String> texts(String file) throws IOException {
    return Stream.of(Files.readString(release.resolve("THIRD-PARTY.txt")).split("\n\n"))
        .filter(group -> group.lines().anyMatch((file + ":")::equals))
        .flatMap(String::lines)
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }
}

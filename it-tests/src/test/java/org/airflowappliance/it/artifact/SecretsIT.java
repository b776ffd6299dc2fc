package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.airflowappliance.image.ImageArchive;
import org.airflowappliance.it.site.Program;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: a release that was built beside a secrets file holds none of its values, in no payload,
 * no header or scriptlet of a package, and no file.
 */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class SecretsIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path folder;

  @Test
  void noSecretIsInTheRelease() throws IOException {
    Tool.run(folder, Map.of(), "secrets", "new", "secrets.env");
    Path secrets = folder.resolve("secrets.env");
    StringBuilder filled = new StringBuilder();
    for (String line : Files.readAllLines(secrets)) {
      filled
          .append(
              line.endsWith("=") && !line.startsWith("#") && !line.startsWith("FERNET")
                  ? line + UUID.randomUUID()
                  : line)
          .append('\n');
    }
    Files.writeString(secrets, filled);
    Files.copy(
        Tool.ROOT.resolve("buildtool/examples/homelab.yaml"), folder.resolve("cluster.yaml"));
    Tool.run(folder, Map.of(), "build", "cluster.yaml", "-o", "release");

    List<String> values =
        Files.readAllLines(secrets).stream()
            .filter(line -> line.matches("[A-Z0-9_]+=.+"))
            .map(line -> line.split("=", 2)[1])
            .toList();
    assertThat(values).hasSize(7);
    List<String> needles =
        values.stream()
            .flatMap(
                value ->
                    Stream.of(
                        value,
                        Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(value.getBytes(StandardCharsets.UTF_8))))
            .toList();
    try (Stream<Path> files = Files.walk(folder.resolve("release"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (InputStream bytes : readings(file)) {
          search(bytes, needles, file.toString());
        }
      }
    }
  }

  @Test
  void theSearchFindsWhatIsThere() throws IOException {
    Path cluster = Tool.example().resolve("rpm/airflow-cluster-homelab-1-1.el8.noarch.rpm");
    String summary = "Configuration of Airflow cluster homelab";
    String scriptlet = "systemctl --no-block try-restart";
    String payload = "KubernetesExecutor";
    for (String there : List.of(summary, scriptlet, payload)) {
      assertThatThrownBy(
              () -> {
                for (InputStream bytes : readings(cluster)) {
                  search(bytes, List.of(there), "the package");
                }
              })
          .as(there)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("a secret is in the package");
    }
  }

  /**
   * A file as it is, which shows a package's headers and scriptlets, and as what is packed in it.
   */
  private List<InputStream> readings(Path file) throws IOException {
    List<InputStream> readings = new ArrayList<>(List.of(Files.newInputStream(file)));
    if (file.toString().endsWith(".gz")) {
      readings.add(new GZIPInputStream(Files.newInputStream(file)));
    }
    if (file.toString().endsWith(".rpm")) {
      Path archive = Files.createTempFile(folder, "payload", ".cpio");
      Program.run(LIMIT, "sh", "-c", "rpm2cpio '" + file + "' > '" + archive + "'");
      readings.add(Files.newInputStream(archive));
    }
    if (file.toString().endsWith(".tar")) {
      ImageArchive image = ImageArchive.open(file);
      for (String layer : image.layers()) {
        // a row of gzip members
        readings.add(
            new GzipCompressorInputStream(new BufferedInputStream(image.open(layer)), true));
      }
    }
    return readings;
  }

  private static void search(InputStream stream, List<String> needles, String place)
      throws IOException {
    int overlap = needles.stream().mapToInt(String::length).max().orElse(0);
    byte[] buffer = new byte[8 << 20];
    int kept = 0;
    try (InputStream in = new BufferedInputStream(stream)) {
      for (int count = in.read(buffer, kept, buffer.length - kept);
          count >= 0;
          count = in.read(buffer, kept, buffer.length - kept)) {
        int filled = kept + count;
        String text = new String(buffer, 0, filled, StandardCharsets.ISO_8859_1);
        needles.forEach(
            needle -> assertThat(text.contains(needle)).as("a secret is in " + place).isFalse());
        kept = Math.min(overlap, filled);
        System.arraycopy(buffer, filled - kept, buffer, 0, kept);
      }
    }
  }
}

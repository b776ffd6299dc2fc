package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.airflowappliance.image.ImageArchive;
import org.airflowappliance.it.site.Program;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: a release that was built beside a secrets file holds none of its values, in no payload
 * and no file.
 */
@Execution(ExecutionMode.CONCURRENT)
class SecretsIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

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
        search(plain(file), needles, file.toString());
      }
    }
  }

  @Test
  void theSearchFindsWhatIsThere() throws IOException {
    Path release = Tool.example();
    Path cluster = release.resolve("rpm/airflow-cluster-homelab-1-1.el8.noarch.rpm");
    assertThat(new String(plain(cluster).readAllBytes(), StandardCharsets.ISO_8859_1))
        .contains("KubernetesExecutor");
  }

  private InputStream plain(Path file) throws IOException {
    if (file.toString().endsWith(".gz")) {
      return new GZIPInputStream(Files.newInputStream(file));
    }
    if (file.toString().endsWith(".rpm")) {
      Path archive = Files.createTempFile(folder, "payload", ".cpio");
      Program.run(LIMIT, "sh", "-c", "rpm2cpio '" + file + "' > '" + archive + "'");
      return Files.newInputStream(archive);
    }
    if (file.toString().endsWith(".tar")) {
      return layers(file);
    }
    return Files.newInputStream(file);
  }

  /** The archive as it is, for its JSON, and after it every layer uncompressed. */
  private static InputStream layers(Path archive) throws IOException {
    List<InputStream> parts = new ArrayList<>();
    parts.add(Files.newInputStream(archive));
    ImageArchive image = ImageArchive.open(archive);
    for (String layer : image.layers()) {
      // a row of gzip members
      parts.add(new GzipCompressorInputStream(new BufferedInputStream(image.open(layer)), true));
    }
    return new SequenceInputStream(Collections.enumeration(parts));
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

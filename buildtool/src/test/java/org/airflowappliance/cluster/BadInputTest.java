package org.airflowappliance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of {@code golden/bad-input} gives exactly the messages beside it: {@code NAME.edit} is
 * a change of the example, {@code NAME.yaml} a whole file.
 */
class BadInputTest {
  private static final Path CASES = Path.of("src/test/golden/bad-input");
  private static final Charset UTF_8 = StandardCharsets.UTF_8;
  private static final boolean UPDATE = "update".equals(System.getProperty("golden"));

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.filter(f -> f.toString().matches(".*\\.(edit|yaml)")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedWithItsMessages(Path file) throws IOException {
    byte[] content =
        file.toString().endsWith(".edit")
            ? new Edit(Files.readString(file)).apply(ClusterYaml.exampleText()).getBytes(UTF_8)
            : Files.readAllBytes(file);
    InvalidCluster refused =
        catchThrowableOfType(
            InvalidCluster.class,
            () -> ClusterYaml.read("homelab.yaml", content, CASES.resolve("ca"), List.of("2.2.5")));

    assertThat(refused).as("%s is accepted", file).isNotNull();
    compare(file, refused.getMessage());
  }

  @Test
  void everyMessageHasItsCase() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      List<String> goldens =
          files.map(Path::toString).filter(f -> f.endsWith(".golden")).sorted().toList();
      assertThat(goldens)
          .hasSizeGreaterThanOrEqualTo(80)
          .isEqualTo(cases().stream().map(f -> golden(f).toString()).sorted().toList());
    }
  }

  @Test
  void tenMegabytesAreRefusedUnparsed(@TempDir Path folder) throws IOException {
    byte[] large = new byte[10 << 20];
    Arrays.fill(large, (byte) '[');
    Path file = Files.write(folder.resolve("homelab.yaml"), large);

    assertThat(refusal(file))
        .isEqualTo(
            file + ": has 10485760 bytes, at most 1048576 are read; is this a cluster.yaml?");
  }

  @Test
  void missingFileAndFolderAreNamed(@TempDir Path folder) {
    assertThat(refusal(folder)).isEqualTo(folder + ": is a folder; name the cluster.yaml in it");
    assertThat(refusal(folder.resolve("none.yaml")))
        .isEqualTo(
            folder.resolve("none.yaml")
                + ": there is no such file; `appliance init FILE` writes an example");
  }

  private static String refusal(Path file) {
    return catchThrowableOfType(
            InvalidCluster.class, () -> ClusterYaml.read(file, List.of("2.2.5")))
        .getMessage();
  }

  private static void compare(Path file, String message) throws IOException {
    if (UPDATE) {
      Files.writeString(golden(file), message + "\n");
    }
    assertThat(golden(file)).as("messages; -Dgolden=update writes them").exists();
    assertThat(message + "\n").isEqualTo(Files.readString(golden(file)));
  }

  private static Path golden(Path file) {
    return CASES.resolve(file.getFileName().toString().replaceAll("\\.(edit|yaml)$", ".golden"));
  }
}

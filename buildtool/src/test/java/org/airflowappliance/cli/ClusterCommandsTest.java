package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.airflowappliance.cluster.ClusterYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that read and write the operator's own files. */
class ClusterCommandsTest {
  @TempDir Path folder;

  @Test
  void initWritesTheExampleOnce() throws IOException {
    Path file = folder.resolve("cluster.yaml");

    assertThat(Ran.run("init", file.toString()).code()).isZero();
    assertThat(file).hasContent(ClusterYaml.exampleText());

    Files.writeString(file, "mine");
    Ran again = Ran.run("init", file.toString());
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).startsWith(file + ": exists already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void initPrintsToStandardOutput() {
    assertThat(Ran.run("init", "-").out()).isEqualTo(ClusterYaml.exampleText());
  }

  @Test
  void validatePraisesTheExampleOnStandardOutput() {
    Ran result = Ran.run("validate");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("valid").contains("3 nodes");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void validatePrintsAllProblemsOnStandardError() throws IOException {
    Path file = folder.resolve("cluster.yaml");
    Files.writeString(
        file,
        ClusterYaml.exampleText().replace("release: 1\n", "release: 0\n").replace("Seoul", "Soul"));

    Ran result = Ran.run("validate", file.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith(file + ":"))
        .noneMatch(line -> line.contains("at org."));
  }

  @Test
  void validateNamesAMissingFile() {
    Path file = folder.resolve("none.yaml");

    Ran result = Ran.run("validate", file.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith(file + ": there is no such file");
  }

  @Test
  void schemaPrintsWhatValidationUses() {
    assertThat(Ran.run("schema").out()).isEqualTo(ClusterYaml.schema());
  }

  @Test
  void newSecretsAreTheOwnersAloneAndNeverReplaced() throws IOException {
    Path file = folder.resolve("secrets.env");

    assertThat(Ran.run("secrets", "new", file.toString()).code()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    String first = Files.readString(file);
    assertThat(Ran.run("secrets", "new", file.toString()).code()).isEqualTo(1);
    assertThat(file).hasContent(first);
  }

  @Test
  void secretsAreCheckedByKeyAndByMode() throws IOException {
    Path file = folder.resolve("secrets.env");
    Ran.run("secrets", "new", file.toString());
    Files.writeString(file, Files.readString(file).replace("PASSWORD=", "PASSWORD=hunter2"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    Ran result = Ran.run("secrets", "check", file.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains("chmod 600", "KUBERNETES_TOKEN: is empty")
        .doesNotContain("DATABASE_PASSWORD", "hunter2");
  }
}

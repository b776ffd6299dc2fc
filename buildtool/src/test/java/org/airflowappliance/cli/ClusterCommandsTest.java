package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.airflowappliance.cluster.ClusterYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that read and write the operator's own files. */
class ClusterCommandsTest {
  private record Result(int code, String out, String err) {}

  @TempDir Path folder;

  @Test
  void initWritesTheExampleOnce() throws IOException {
    Path file = folder.resolve("cluster.yaml");

    assertThat(run("init", file.toString()).code()).isZero();
    assertThat(file).hasContent(ClusterYaml.exampleText());

    Files.writeString(file, "mine");
    Result again = run("init", file.toString());
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).startsWith(file + ": exists already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void initPrintsToStandardOutput() {
    assertThat(run("init", "-").out()).isEqualTo(ClusterYaml.exampleText());
  }

  @Test
  void validatePraisesTheExampleOnStandardOutput() {
    Result result = run("validate");

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

    Result result = run("validate", file.toString());

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

    Result result = run("validate", file.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith(file + ": there is no such file");
  }

  @Test
  void schemaPrintsWhatValidationUses() {
    assertThat(run("schema").out()).isEqualTo(ClusterYaml.schema());
  }

  @Test
  void newSecretsAreTheOwnersAloneAndNeverReplaced() throws IOException {
    Path file = folder.resolve("secrets.env");

    assertThat(run("secrets", "new", file.toString()).code()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    String first = Files.readString(file);
    assertThat(run("secrets", "new", file.toString()).code()).isEqualTo(1);
    assertThat(file).hasContent(first);
  }

  @Test
  void secretsAreCheckedByKeyAndByMode() throws IOException {
    Path file = folder.resolve("secrets.env");
    run("secrets", "new", file.toString());
    Files.writeString(file, Files.readString(file).replace("PASSWORD=", "PASSWORD=hunter2"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    Result result = run("secrets", "check", file.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains("chmod 600", "KUBERNETES_TOKEN: is empty")
        .doesNotContain("DATABASE_PASSWORD", "hunter2");
  }

  @Test
  void everyCommandHasAnExample() {
    for (String command : new String[] {"init", "validate", "schema", "secrets"}) {
      assertThat(run(command, "--help").out()).contains("Example:", "appliance " + command);
    }
  }

  private static Result run(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    PrintStream before = System.out;
    PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    try {
      CommandLine line = Main.commandLine();
      line.setOut(new PrintWriter(captured, true)).setErr(new PrintWriter(err, true));
      int code = line.execute(arguments);
      return new Result(code, bytes.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }
}

package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class DiffCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void comparedIsSuccessAndExitCodeTellsADifference() throws IOException {
    String old = release("old", "a\n");
    String fresh = release("new", "b\n");
    assertThat(run("diff", old, fresh)).isZero();
    assertThat(out.toString()).contains("changed a.txt", "-a", "+b");
    assertThat(run("diff", "--exit-code", old, fresh)).isEqualTo(1);
    assertThat(run("diff", "--exit-code", old, old)).isZero();
    assertThat(out.toString()).endsWith("no difference\n");
  }

  @Test
  void whatIsNoReleaseIsAUsersError() throws IOException {
    String old = release("old", "a\n");
    assertThat(run("diff", old, folder.toString())).isEqualTo(1);
    assertThat(err)
        .hasToString(
            folder
                + ": is not a release (there is no release.json in it);"
                + " name a folder that `appliance build` wrote\n");
    assertThat(run("diff", old)).isEqualTo(2);
  }

  private String release(String name, String text) throws IOException {
    Path release = Files.createDirectories(folder.resolve(name));
    Files.writeString(release.resolve("release.json"), "{}");
    Files.writeString(release.resolve("a.txt"), text);
    return release.toString();
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}

package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Colours go where a terminal is, and only there. */
class ScreenTest {
  private static final String ESCAPE = "\u001b[";

  @TempDir Path folder;

  private String out = "";
  private String err = "";

  private void run(String noColor, List<String> terminals, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    terminals.forEach(each -> command.add("-Dappliance.terminal." + each + "=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    Path outFile = folder.resolve("out");
    Path errFile = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(outFile.toFile())
            .redirectError(errFile.toFile());
    builder.environment().put("TERM", "xterm");
    builder.environment().put("NO_COLOR", noColor);
    builder.start().waitFor();
    out = Files.readString(outFile);
    err = Files.readString(errFile);
  }

  @Test
  void helpInAFileIsPlainThoughErrorsGoToATerminal() throws Exception {
    run("", List.of("err"), "--help");
    assertThat(out).contains("Usage: appliance").doesNotContain(ESCAPE);

    run("", List.of("out"), "--help");
    assertThat(out).contains(ESCAPE);
  }

  @Test
  void misuseIsColouredByStandardErrorAlone() throws Exception {
    run("", List.of("out"), "nonsense");
    assertThat(err).contains("nonsense").doesNotContain(ESCAPE);

    run("", List.of("err"), "nonsense");
    assertThat(err).contains(ESCAPE);
  }

  @Test
  void noColorTurnsThemOff() throws Exception {
    run("1", List.of("out", "err"), "--help");
    assertThat(out).contains("Usage: appliance").doesNotContain(ESCAPE);

    assertThat(Screen.coloured(true, Map.of("NO_COLOR", "1"))).isFalse();
    assertThat(Screen.coloured(true, Map.of("NO_COLOR", ""))).isTrue();
    assertThat(Screen.coloured(false, Map.of())).isFalse();
  }
}

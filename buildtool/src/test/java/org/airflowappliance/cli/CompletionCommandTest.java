package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionCommandTest {
  @TempDir Path folder;

  private static String bash(String... arguments) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void theScriptIsWellFormed(String shell) throws Exception {
    Ran ran = Ran.run("completion", shell);

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("bashcompinit", "secrets", "--sign-key");
    Path script = Files.writeString(folder.resolve("completion"), ran.out());
    assertThat(bash("bash", "-n", script.toString())).isEmpty();
  }

  @Test
  void theScriptCompletesCommandsAndOptions() throws Exception {
    Path script = folder.resolve("completion");
    Files.writeString(script, Ran.run("completion", "bash").out());
    String ask =
        ". \"$0\"; COMP_WORDS=(appliance \"$@\"); COMP_CWORD=$#; $(complete -p appliance"
            + " | sed 's/.* -F \\([^ ]*\\) .*/\\1/') 2>/dev/null; printf '%s ' \"${COMPREPLY[@]}\"";

    assertThat(bash("bash", "-c", ask, script.toString(), "val")).contains("validate");
    assertThat(bash("bash", "-c", ask, script.toString(), "build", "--off")).isEqualTo("--offline");
  }

  @Test
  void anotherShellIsAMisuse() {
    assertThat(Ran.run("completion", "fish").code()).isEqualTo(2);
  }
}

package org.airflowappliance.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.airflowappliance.lock.StoreProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
  @TempDir Path folder;

  @Test
  void seesAFixedEnvironment() throws IOException {
    String seen = new Command("env").set("MINE", "1").run(folder);
    assertThat(seen.lines()).contains("LC_ALL=C.UTF-8", "TZ=UTC", "MINE=1");
    assertThat(seen.lines())
        .allMatch(
            line ->
                line.matches(
                    "(?i:LC_ALL|TZ|MINE|PATH|HOME|TMPDIR|NETRC|XDG_CONFIG_HOME|.*_proxy|SSL_.*"
                        + "|REQUESTS_CA_BUNDLE|PIP_.*|UV_.*)=.*"));
  }

  @Test
  void aFailureShowsTheCommandItsCodeAndItsLastLines() {
    assertThatThrownBy(
            () -> new Command("sh").with("-c", "seq 100; echo the reason >&2; exit 3").run(folder))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("sh -c")
        .hasMessageContaining("ended with exit code 3")
        .hasMessageContaining("\n100\nthe reason")
        .hasMessageNotContaining("\n50\n");
  }

  @Test
  void saysThatAProgramIsMissing() {
    assertThatThrownBy(() -> new Command("no-such-program-anywhere").run(folder))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("no-such-program-anywhere: cannot be started")
        .hasMessageContaining("install it");
  }
}

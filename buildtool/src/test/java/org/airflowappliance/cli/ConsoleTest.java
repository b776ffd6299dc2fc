package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;

  private Console console(boolean terminal, boolean quiet) {
    return new Console(
        new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, quiet, () -> nanos);
  }

  private void wait(int seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aFileGetsOneLineForEachThing() {
    Console console = console(false, false);
    console.progress("writing a", 0, 0);
    wait(1);
    console.progress("writing a", 50, 100);
    console.progress("writing b", 0, 0);
    console.clear();

    assertThat(shown().lines()).containsExactly("writing a", "writing b");
  }

  @Test
  void aTerminalGetsOneLineThatMoves() {
    Console console = console(true, false);
    console.progress("writing a", 0, 0);
    wait(60);
    console.progress("writing a", 1 << 20, 4 << 20);
    wait(10);
    console.progress("writing a", 2 << 20, 4 << 20);
    console.clear();

    assertThat(shown())
        .startsWith("\rwriting a")
        .contains("\rwriting a  1.0 MiB of 4.0 MiB\r")
        .contains("\rwriting a  2.0 MiB of 4.0 MiB, 20 s left")
        .endsWith(" \r")
        .doesNotContain("\n", "\u001b");
  }

  @Test
  void countedThingsHaveNoBytes() {
    Console console = console(true, false);
    console.counted("compiling", 50, 200);
    wait(60);
    console.counted("compiling", 100, 200);

    assertThat(shown()).contains("\rcompiling  100 of 200, 2 min 0 s left");
  }

  @Test
  void theTimeLeftIsNotGuessedFromNothing() {
    Console console = console(true, false);
    console.progress("fetching", 0, 0);
    wait(1);
    console.progress("fetching", 0, 100);
    wait(1);
    console.progress("fetching", 2048, 0);

    assertThat(shown()).doesNotContain("left").contains("\rfetching  2.0 KiB");
  }

  @Test
  void itRepaintsNoMoreThanFiveTimesASecond() {
    Console console = console(true, false);
    for (int step = 0; step <= 1000; step++) {
      console.progress("writing a", step, 1000);
      nanos += Duration.ofMillis(1).toNanos();
    }

    assertThat(shown().chars().filter(each -> each == '\r').count()).isBetween(4L, 6L);
  }

  @Test
  void quietIsSilent() {
    Console console = console(true, true);
    console.progress("writing a", 0, 0);
    console.counted("compiling", 1, 2);
    console.clear();

    assertThat(shown()).isEmpty();
  }

  @Test
  void shortTimesHaveTenths() {
    assertThat(Console.took(Duration.ofMillis(740))).isEqualTo("0.7 s");
    assertThat(Console.took(Duration.ofMillis(9949))).isEqualTo("9.9 s");
    assertThat(Console.took(Duration.ofMillis(9950))).isEqualTo("10 s");
    assertThat(Console.took(Duration.ofSeconds(83))).isEqualTo("1 min 23 s");
  }
}

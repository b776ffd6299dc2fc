package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program that ran on this machine, and how much of its processors it took: how long it took by
 * the clock depends on what else the machine did.
 *
 * @param program what it said
 * @param processor its time on all processors together, its own and the kernel's for it
 */
public record Timed(Program program, Duration processor) {
  private static final String MEASURE = "exec 3>&2; TIMEFORMAT='%U %S'; { time \"$@\" 2>&3; } 2>'";

  /** Runs a command; any exit code but 0 is an error that shows what it said. */
  public static Timed of(Duration limit, ProcessBuilder command) throws IOException {
    Path times = Files.createTempFile("it-times", "");
    try {
      List<String> words = new ArrayList<>(List.of("bash", "-c", MEASURE + times + "'", "bash"));
      words.addAll(command.command());
      Program ran = Program.attempt(limit, command.command(words));
      if (ran.code() != 0) {
        throw new IOException(words + ": exit code " + ran.code() + "\n" + ran.out() + ran.err());
      }
      double seconds =
          Stream.of(Files.readString(times).strip().split(" "))
              .mapToDouble(Double::parseDouble)
              .sum();
      return new Timed(ran, Duration.ofMillis(Math.round(seconds * 1000)));
    } finally {
      Files.delete(times);
    }
  }
}

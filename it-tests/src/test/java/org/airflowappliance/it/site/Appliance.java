package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The tool as an operator runs it: by its launcher, whose class archive makes the start-up short.
 */
public final class Appliance {
  private static final Duration LIMIT = Duration.ofMinutes(9);

  private Appliance() {}

  /** Runs a command; any exit code but 0 is an error that shows what the tool said. */
  public static Program run(String... arguments) {
    Program ran = attempt(arguments);
    if (ran.code() != 0) {
      throw new AssertionError(
          "appliance " + String.join(" ", arguments) + ": " + ran.code() + "\n" + ran.err());
    }
    return ran;
  }

  /** Runs a command and leaves the judgement to the caller. */
  public static Program attempt(String... arguments) {
    try {
      return Program.attempt(LIMIT, new ProcessBuilder(command(List.of(arguments))));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** The command line of the tool with these arguments. */
  public static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Folders.project().resolve("appliance").toString());
    command.addAll(arguments);
    return command;
  }
}

package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran on this machine.
 *
 * @param code its exit code
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 */
public record Program(int code, String out, String err) {
  /** Runs it; any exit code but 0 is an error that shows what the program said. */
  public static Program run(Duration limit, String... command) throws IOException {
    Program ran = attempt(limit, new ProcessBuilder(command));
    if (ran.code() != 0) {
      throw new IOException(
          String.join(" ", command) + ": exit code " + ran.code() + "\n" + ran.out() + ran.err());
    }
    return ran;
  }

  /** Runs it and leaves the judgement of its exit code to the caller. */
  public static Program attempt(Duration limit, ProcessBuilder command) throws IOException {
    Path out = Files.createTempFile("it-out", "");
    Path err = Files.createTempFile("it-err", "");
    try {
      Process process = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(Pace.here(limit).toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            String.join(" ", command.command())
                + ": not ended after "
                + limit
                + "\n"
                + read(out)
                + read(err));
      }
      return new Program(process.exitValue(), read(out), read(err));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a program ran: " + command.command(), stopped);
    } finally {
      for (Path each : List.of(out, err)) {
        Files.delete(each);
      }
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}

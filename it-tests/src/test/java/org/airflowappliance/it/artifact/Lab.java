package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.Program;

/**
 * Emulated machines and a boot server on a network of their own, which vanish when this ends.
 *
 * @param process holds all of it; it ends with its standard input, so also when the tests are
 *     killed
 * @param folder consoles and logs
 * @param begun nanoseconds on the clock that counts from anywhere
 */
record Lab(Process process, Path folder, long begun) implements AutoCloseable {
  private static final Path SCRIPTS = Tool.ROOT.resolve("it-tests/boot");
  private static final Duration BUILD = Duration.ofMinutes(5);
  private static final Duration LIMIT = Duration.ofMinutes(15);

  /**
   * Starts machines.
   *
   * @param machines each {@code NAME,bios|uefi,MAC,empty|system}
   */
  static Lab start(Path folder, Path release, boolean plainRom, String... machines)
      throws IOException {
    String installer = Program.run(BUILD, SCRIPTS.resolve("build").toString()).out().strip();
    Files.createDirectories(folder);
    List<String> command = new ArrayList<>();
    command.add(SCRIPTS.resolve("lab").toString());
    command.addAll(List.of(release.toString(), installer, folder.toString()));
    command.addAll(List.of(machines));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("lab.log").toFile());
    builder.environment().put("PLAIN_ROM", plainRom ? "yes" : "no");
    return new Lab(builder.start(), folder, System.nanoTime());
  }

  /** Waits until a machine's console holds a text, and gives all that it holds. */
  String console(String machine, String text) throws IOException {
    String shown = log(machine + ".console");
    while (!shown.contains(text)) {
      boolean late = System.nanoTime() - begun > Pace.here(LIMIT).toNanos();
      if (late || !process.isAlive()) {
        throw new AssertionError(
            machine
                + ": its console does not show '"
                + text
                + (late ? "' in time\n" : "', the lab ended\n")
                + String.join("\n", shown, log("lab.log"), log("web.log"), log("dnsmasq.log")));
      }
      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      shown = log(machine + ".console");
    }
    // on a busy machine a transfer shows how far it is
    return shown.replaceAll("\\.\\.\\.[^\\p{Alpha}\\n]*ok", "... ok");
  }

  /** A log without the codes that move a terminal's cursor. */
  String log(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return "";
    }
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
        .replaceAll("\u001b\\[[0-9;?=]*[A-Za-z]", "")
        .replace("\r", "");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}

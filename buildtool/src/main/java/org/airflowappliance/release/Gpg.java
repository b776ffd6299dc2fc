package org.airflowappliance.release;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * GnuPG's programs.
 *
 * @param home where keyring and agent are; empty for where they always are ({@code GNUPGHOME})
 */
record Gpg(Optional<Path> home) {
  /** What {@code gpg} says of a key. */
  String gpg(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("gpg", "--batch", "--no-tty"));
    command.addAll(List.of(words));
    return said(command, "");
  }

  /** What the agent says to some commands. */
  String agent(String... lines) throws IOException {
    return said(List.of("gpg-connect-agent"), String.join("\n", lines) + "\n");
  }

  private String said(List<String> command, String input) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    home.ifPresent(folder -> builder.environment().put("GNUPGHOME", folder.toString()));
    Process process;
    try {
      process = builder.start();
    } catch (IOException absent) {
      throw new IllegalKey(
          command.get(0) + ": cannot be run (" + absent.getMessage() + "); install GnuPG");
    }
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    try {
      process.waitFor();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
    return text;
  }
}

package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.Appliance;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;

/** The built tool as a user runs it, in a process of its own. */
final class Tool {
  static final Path ROOT =
      Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();

  /** Another process may be at its own. */
  private static final Path RELEASES = Folders.target().resolve("releases");

  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static Path example;
  private static Path withoutBills;

  private Tool() {}

  /** The release of the example cluster, built once for all tests. */
  static synchronized Path example() throws IOException {
    if (example == null) {
      Path target = RELEASES.resolve("example");
      run(ROOT, Map.of(), "build", "-o", target.toString());
      example = target;
    }
    return example;
  }

  /**
   * The same without bills of materials: to hold them against what is in the images' layers takes
   * most of the time in which a release is verified.
   */
  static synchronized Path withoutBills() throws IOException {
    if (withoutBills == null) {
      Path target = RELEASES.resolve("without-bills");
      String sections = "rpm,repository,kickstart,keycloak,s3,pxe";
      run(ROOT, Map.of(), "build", "--only", sections, "-o", target.toString());
      withoutBills = target;
    }
    return withoutBills;
  }

  /** Writes the public part of a secret key into a folder. */
  static Path exported(Path secret, Path folder) throws IOException {
    String said = run(folder, Map.of(), "key", "export", secret.toString()).out();
    return Files.writeString(folder.resolve(secret.getFileName() + ".pub"), said);
  }

  /** Runs the tool in a folder; any exit code but 0 fails. */
  static Program run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    Program ran = attempt(folder, environment, List.of(), arguments);
    if (ran.code() != 0) {
      throw new IOException(
          "appliance "
              + String.join(" ", arguments)
              + ": exit code "
              + ran.code()
              + "\n"
              + ran.out()
              + ran.err());
    }
    return ran;
  }

  static Program attempt(
      Path folder, Map<String, String> environment, List<String> before, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(Appliance.command(List.of(arguments)));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(Files.createDirectories(folder).toFile());
    builder.environment().putAll(environment);
    return Program.attempt(LIMIT, builder);
  }
}

package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.airflowappliance.cluster.ClusterYaml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code appliance init}: writes the commented example. */
@Command(
    name = "init",
    description = "Writes a commented example of cluster.yaml.",
    footer = {"", "Example:", "  appliance init cluster.yaml"})
final class InitCommand implements Callable<Integer> {
  @Mixin Verbosity verbosity;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "cluster.yaml",
      description = "File to write, - for standard output (default: ${DEFAULT-VALUE}).")
  String file;

  @Override
  public Integer call() throws IOException {
    if (file.equals("-")) {
      System.out.print(ClusterYaml.exampleText());
      return 0;
    }
    Path target = Path.of(file);
    if (Files.exists(target)) {
      throw new UserError(file + ": exists already and is kept; choose another name");
    }
    Files.writeString(target, ClusterYaml.exampleText(), StandardOpenOption.CREATE_NEW);
    verbosity.say("wrote " + file + "; change it, then run: appliance validate " + file);
    return 0;
  }
}

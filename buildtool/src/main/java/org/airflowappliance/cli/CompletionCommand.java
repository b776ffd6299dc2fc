package org.airflowappliance.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code appliance completion}: a script for the shell. */
@Command(
    name = "completion",
    description = "Prints a completion script for the shell.",
    footer = {"", "Example:", "  source <(appliance completion bash)"})
final class CompletionCommand implements Callable<Integer> {
  /** Shells that are known. */
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  Shell shell;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    // picocli's script serves both: zsh runs it through its own bashcompinit
    System.out.print(AutoComplete.bash("appliance", spec.root().commandLine()));
    return 0;
  }
}

package org.airflowappliance.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.airflowappliance.bucket.BucketProblem;
import org.airflowappliance.bundle.BundleProblem;
import org.airflowappliance.cluster.InvalidCluster;
import org.airflowappliance.cluster.UnreadableSecrets;
import org.airflowappliance.keycloak.KeycloakProblem;
import org.airflowappliance.kubernetes.KubernetesProblem;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.publish.PublishProblem;
import org.airflowappliance.release.IllegalKey;
import org.airflowappliance.release.IllegalReleaseTarget;
import org.airflowappliance.template.IllegalDefinition;
import org.airflowappliance.verify.UnusableCertificate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line: one class per verb; maps what goes wrong to exit codes 1 (user, build) and 2
 * (usage).
 */
@Command(
    name = "appliance",
    description = "Builds a highly available, multi-tenant Airflow cluster from one cluster.yaml.",
    version = "appliance " + Main.VERSION,
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      InitCommand.class,
      ValidateCommand.class,
      SchemaCommand.class,
      PlanCommand.class,
      BuildCommand.class,
      PublishCommand.class,
      VerifyCommand.class,
      BundleCommand.class,
      DiffCommand.class,
      KeyCommand.class,
      LockCommand.class,
      SecretsCommand.class,
      KeycloakCommand.class,
      BucketCommand.class,
      KubeconfigCommand.class,
      CompletionCommand.class
    },
    footer = {"", "Example:", "  appliance init cluster.yaml && appliance build cluster.yaml"})
public final class Main implements Runnable {
  /** The tool's version. */
  static final String VERSION = "1.0.0";

  @Spec private CommandSpec spec;

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, as tests run it. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((problem, command, result) -> failed(problem, command));
    line.setParameterExceptionHandler((problem, arguments) -> misused(problem));
    line.setColorScheme(Screen.OUT.colors());
    return line;
  }

  /** Says on standard error, in its own colours, how the command is used. */
  private static int misused(ParameterException problem) {
    CommandLine command = problem.getCommandLine();
    ColorScheme colors = Screen.ERR.colors();
    command.getErr().println(colors.errorText(problem.getMessage()));
    if (!UnmatchedArgumentException.printSuggestions(problem, command.getErr())) {
      command.usage(command.getErr(), colors);
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(Exception problem, CommandLine command) {
    Throwable cause =
        problem instanceof UncheckedIOException wrapped ? wrapped.getCause() : problem;
    PrintWriter err = command.getErr();
    if (isUsers(problem)) {
      err.println(problem.getMessage());
      return 1;
    }
    if (cause instanceof FileSystemException file) {
      err.println(
          file.getFile()
              + ": "
              + (file.getReason() == null ? file.getClass().getSimpleName() : file.getReason())
              + "; check that it exists and may be read or written");
      return 1;
    }
    if (cause instanceof IOException && cause.getMessage() != null) {
      // the machine's or the network's: a trace says no more of it
      err.println(
          cause.getClass() == IOException.class
              ? cause.getMessage()
              : cause.getClass().getSimpleName() + ": " + cause.getMessage());
      return 1;
    }
    // a bug: its trace is what whoever mends it needs
    err.println(Screen.ERR.colors().richStackTraceString(problem));
    return 1;
  }

  private static boolean isUsers(Exception problem) {
    return problem instanceof UserError
        || problem instanceof InvalidCluster
        || problem instanceof UnreadableSecrets
        || problem instanceof IllegalDefinition
        || problem instanceof StoreProblem
        || problem instanceof BucketProblem
        || problem instanceof BundleProblem
        || problem instanceof KubernetesProblem
        || problem instanceof KeycloakProblem
        || problem instanceof IllegalReleaseTarget
        || problem instanceof PublishProblem
        || problem instanceof IllegalKey
        || problem instanceof UnusableCertificate;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Name a command; `appliance --help` lists them.");
  }
}

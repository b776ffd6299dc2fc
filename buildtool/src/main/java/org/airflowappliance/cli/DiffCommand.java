package org.airflowappliance.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.airflowappliance.diff.Difference;
import org.airflowappliance.diff.ReleaseDiff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code appliance diff}: what changed from one release to another. */
@Command(
    name = "diff",
    description = {
      "Compares two releases and says what changed inside: metadata and files of packages,"
          + " configuration, layers and files of images, lines of texts, sizes and digests of all else.",
      "Exit code 0 when they could be compared, whether equal or not; see --exit-code."
    },
    footer = {"", "Example:", "  appliance diff release.1 release.2"})
final class DiffCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "OLD", description = "The folder of one release.")
  Path oldRelease;

  @Parameters(index = "1", paramLabel = "NEW", description = "The folder of another.")
  Path newRelease;

  @Option(names = "--exit-code", description = "Exit with 1 when there is a difference.")
  boolean exitCode;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Difference> differences =
        ReleaseDiff.of(new ReleaseFolder(oldRelease).path(), new ReleaseFolder(newRelease).path());
    PrintWriter out = spec.commandLine().getOut();
    for (Difference difference : differences) {
      out.println(difference.headline());
      difference.details().forEach(line -> out.println("  " + line));
    }
    if (differences.isEmpty()) {
      out.println("no difference");
    }
    return exitCode && !differences.isEmpty() ? 1 : 0;
  }
}

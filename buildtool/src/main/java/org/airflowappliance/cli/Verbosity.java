package org.airflowappliance.cli;

import picocli.CommandLine.Option;

/** How much is said of what was done. */
final class Verbosity {
  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but warnings and errors.")
  private boolean quiet;

  boolean quiet() {
    return quiet;
  }

  /** Says a line on standard output unless quiet. */
  void say(String line) {
    if (!quiet) {
      System.out.println(line);
    }
  }
}

package org.airflowappliance.cli;

import picocli.CommandLine.Option;

/** How much is said on standard error. */
final class Verbosity {
  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but warnings and errors.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Name every file.")
  private boolean verbose;

  boolean quiet() {
    return quiet;
  }

  boolean verbose() {
    return verbose;
  }
}

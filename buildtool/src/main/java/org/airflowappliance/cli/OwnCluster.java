package org.airflowappliance.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/**
 * For commands that change servers, or make or print secrets: the cluster file has to be named,
 * since who forgot it does not mean the example.
 */
final class OwnCluster extends Common {
  @Parameters(index = "0", paramLabel = "FILE", description = "The cluster file.")
  Path file;

  /** With a file that the command was given in another place. */
  static OwnCluster of(Path file) {
    OwnCluster cluster = new OwnCluster();
    cluster.file = file;
    return cluster;
  }

  @Override
  Optional<Path> file() {
    return Optional.of(file);
  }
}

package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.file.Tally;
import picocli.CommandLine.Parameters;

/** For commands that only look or write files here: without a cluster file, the example. */
final class AnyCluster extends Common {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The cluster file (default: the example that `appliance init` writes).")
  Path file;

  @Override
  Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /** SHA-256 of the cluster file, hexadecimal. */
  String digest() throws IOException {
    byte[] text =
        file == null
            ? ClusterYaml.exampleText().getBytes(StandardCharsets.UTF_8)
            : Files.readAllBytes(file);
    return HexFormat.of().formatHex(Tally.digest("SHA-256").digest(text));
  }
}

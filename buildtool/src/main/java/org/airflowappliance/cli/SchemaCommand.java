package org.airflowappliance.cli;

import java.util.concurrent.Callable;
import org.airflowappliance.cluster.ClusterYaml;
import picocli.CommandLine.Command;

/** {@code appliance schema}: prints the JSON Schema of cluster.yaml. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema (2020-12) of cluster.yaml, the one that `validate` uses.",
    footer = {"", "Example:", "  appliance schema > cluster.schema.json"})
final class SchemaCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.print(ClusterYaml.schema());
    return 0;
  }
}

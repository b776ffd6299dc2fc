package org.airflowappliance.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.airflowappliance.cluster.Cluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code appliance validate}: checks a cluster file. */
@Command(
    name = "validate",
    description = "Checks a cluster file and names every problem with line and column.",
    footer = {"", "Example:", "  appliance validate cluster.yaml"})
final class ValidateCommand implements Callable<Integer> {
  @Mixin AnyCluster common;
  @Mixin Verbosity verbosity;

  @Override
  public Integer call() {
    Cluster cluster = common.cluster(common.definitions());
    verbosity.say(
        "%s: valid: cluster %s, release %d, %d nodes, Airflow %s"
            .formatted(
                common.file().map(Path::toString).orElse("the example"),
                cluster.name(),
                cluster.release(),
                cluster.nodes().size(),
                cluster.airflowVersion()));
    return 0;
  }
}

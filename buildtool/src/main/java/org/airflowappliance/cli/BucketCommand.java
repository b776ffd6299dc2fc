package org.airflowappliance.cli;

import java.nio.file.Path;
import org.airflowappliance.bucket.Bucket;
import org.airflowappliance.cluster.Cluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code appliance bucket}: makes the S3 bucket ready for the nodes and the tenants. */
@Command(
    name = "bucket",
    description = "Makes the S3 bucket ready for the nodes and the tenants.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = BucketApplyCommand.class,
    footer = {"", "Example:", "  appliance bucket prepare cluster.yaml --secrets secrets.env"})
final class BucketCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: prepare or apply.");
  }

  @Command(
      name = "prepare",
      description =
          "Makes the objects of prefixes and tenants' folders and the marker that proves a mount, and checks the keys; safe to repeat.",
      footer = {"", "Example:", "  appliance bucket prepare cluster.yaml --secrets secrets.env"})
  int prepare(
      @Mixin OwnCluster common,
      @Option(
              names = "--secrets",
              required = true,
              paramLabel = "FILE",
              description = "The secrets file with S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.")
          Path secrets,
      @Mixin Verbosity verbosity) {
    Cluster cluster = common.cluster(common.definitions());
    try (Bucket bucket = new Bucket(cluster, KeyFiles.nodes(secrets))) {
      bucket.prepare().forEach(verbosity::say);
    }
    return 0;
  }
}

package org.airflowappliance.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.airflowappliance.bucket.AccessPolicies;
import org.airflowappliance.bucket.Bucket;
import org.airflowappliance.bucket.BucketAccess;
import org.airflowappliance.bucket.ClusterKeys;
import org.airflowappliance.bucket.StoreKeys;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Blueprint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code appliance bucket apply}: who may do what in the bucket becomes what cluster.yaml asks for.
 */
@Command(
    name = "apply",
    description = {
      "Prepares the bucket and gives the nodes' and the tenants' keys their rights in it, at a MinIO; safe to repeat.",
      "Says a line for each policy and user: + is made, ~ is changed, - is removed, = stays. What has a policy of this cluster"
          + " and is no longer wanted is removed, tenants' data are kept. Policies are files of the release (s3/*.json).",
      "The administrator's keys are in MINIO_ROOT_USER and MINIO_ROOT_PASSWORD; any user with the policy consoleAdmin does."
    },
    footer = {
      "",
      "Example:",
      "  appliance bucket apply cluster.yaml --secrets secrets.env --tenants tenants.env --dry-run",
      "  appliance bucket apply cluster.yaml --secrets secrets.env --tenants tenants.env",
      "  appliance bucket apply cluster.yaml --print"
    })
final class BucketApplyCommand implements Callable<Integer> {
  private static final String USER = "MINIO_ROOT_USER";
  private static final String PASSWORD = "MINIO_ROOT_PASSWORD";

  @Spec CommandSpec spec;
  @Mixin OwnCluster common;
  @Mixin Verbosity verbosity;

  @Option(
      names = "--secrets",
      paramLabel = "FILE",
      description = "The secrets file with the nodes' S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.")
  Path secrets;

  @Option(
      names = "--tenants",
      paramLabel = "FILE",
      description = "The tenants' keys, as `appliance secrets tenants` writes them.")
  Path tenants;

  @Option(names = "--dry-run", description = "Only say what would change.")
  boolean dryRun;

  @Option(
      names = "--adopt",
      description =
          "Take all other policies from users that somebody else made with these access keys.")
  boolean adopt;

  @Option(
      names = "--print",
      description =
          "For a server that is no MinIO: print each policy and whose it is, ask and change nothing.")
  boolean print;

  @Override
  public Integer call() {
    if (print == (secrets != null)) {
      throw new ParameterException(spec.commandLine(), "Give one of --secrets FILE and --print.");
    }
    Blueprint blueprint = common.blueprint();
    if (print) {
      PrintedPolicies.of(blueprint.cluster(), AccessPolicies.of(blueprint))
          .forEach(System.out::println);
      return 0;
    }
    apply(blueprint, administrator(System.getenv()));
    return 0;
  }

  private void apply(Blueprint blueprint, StoreKeys administrator) {
    Cluster cluster = blueprint.cluster();
    ClusterKeys keys =
        new ClusterKeys(KeyFiles.nodes(secrets), KeyFiles.tenants(cluster, common.file, tenants));
    List<String> problems = keys.problems(cluster, administrator);
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    try (BucketAccess access = new BucketAccess(blueprint, administrator)) {
      if (!dryRun) {
        try (Bucket bucket = new Bucket(cluster, administrator)) {
          bucket.prepare().forEach(verbosity::say);
        }
      }
      access.apply(keys, adopt, dryRun, verbosity::say);
    }
  }

  static StoreKeys administrator(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    for (String name : List.of(USER, PASSWORD)) {
      if (environment.getOrDefault(name, "").isEmpty()) {
        problems.add(name + ": is not set; put an administrator's key of the object store into it");
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return new StoreKeys(USER, environment.get(USER), environment.get(PASSWORD));
  }
}

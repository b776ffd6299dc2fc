package org.airflowappliance.cli;

import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.kubernetes.ApiDifferences;
import org.airflowappliance.kubernetes.Kubeconfig;
import org.airflowappliance.kubernetes.SchedulerToken;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code appliance kubeconfig}: the schedulers' token, for the secrets file. */
@Command(
    name = "kubeconfig",
    description = {
      "Prints the line of the secrets file that lets the nodes into Kubernetes: the token of the schedulers'"
          + " service account. The manifests have to be applied before.",
      "Reads with your own kubeconfig; warns when its API server is not the one of cluster.yaml."
    },
    footer = {
      "",
      "Example:",
      "  appliance kubeconfig cluster.yaml",
      "  appliance kubeconfig --context admin@lab cluster.yaml"
    })
final class KubeconfigCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Spec CommandSpec spec;
  @Mixin OwnCluster common;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "A context of your kubeconfig (default: its current one).")
  String context;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Your kubeconfig (default: KUBECONFIG, else ~/.kube/config).")
  Path kubeconfig;

  @Override
  public Integer call() {
    Cluster cluster = common.cluster(common.definitions());
    Config config = Kubeconfig.read(kubeconfig == null ? null : kubeconfig.toFile(), context);
    SchedulerToken found =
        SchedulerToken.read(config, cluster.name(), cluster.kubernetes().namespace(), PATIENCE);
    ApiDifferences.of(cluster.kubernetes(), cluster.caFile(), found)
        .forEach(line -> spec.commandLine().getErr().println("warning: " + line));
    System.out.println("KUBERNETES_TOKEN=" + found.token());
    return 0;
  }
}

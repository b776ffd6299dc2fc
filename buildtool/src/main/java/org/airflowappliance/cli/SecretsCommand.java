package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.cluster.NewTenantKeys;
import org.airflowappliance.cluster.Problem;
import org.airflowappliance.cluster.SecretsFile;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantKeys;
import org.airflowappliance.manifest.PodSecrets;
import org.airflowappliance.plan.Blueprint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code appliance secrets}: makes and checks the file that the operator places on the nodes. */
@Command(
    name = "secrets",
    description =
        "Makes or checks secrets.env, the only file that an operator adds to a node, makes the tenants' keys, and prints what task pods need of both.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:", "  appliance secrets new secrets.env"})
final class SecretsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Name a command: new, tenants, check or manifest.");
  }

  @Command(
      name = "new",
      description =
          "Writes a secrets file with generated keys and empty lines for the rest; never over an existing one.",
      footer = {"", "Example:", "  appliance secrets new secrets.env"})
  int fresh(@Parameters(paramLabel = "FILE") Path file, @Mixin Verbosity verbosity)
      throws IOException {
    PrivateFile.write(file, SecretsFile.fresh(new SecureRandom()));
    verbosity.say(
        "wrote " + file + "; fill in the empty lines, then run: appliance secrets check " + file);
    return 0;
  }

  @Command(
      name = "tenants",
      description = {
        "Writes a file with generated S3 keys for each tenant, or adds what tenants lack; never changes a line that is there.",
        "`appliance bucket apply` makes the keys known to the object store."
      },
      footer = {"", "Example:", "  appliance secrets tenants tenants.env cluster.yaml"})
  int tenants(
      @Parameters(paramLabel = "KEYS", description = "The tenants' file.") Path file,
      @Parameters(paramLabel = "FILE", description = "The cluster file.") Path cluster,
      @Mixin Verbosity verbosity) {
    Common common = OwnCluster.of(cluster);
    List<Tenant> tenants = common.cluster(common.definitions()).tenants();
    List<String> added = new NewTenantKeys(file, tenants).write(new SecureRandom());
    added.forEach(key -> verbosity.say("added " + key));
    List<String> strays = TenantKeys.read(file, tenants).strays();
    strays.forEach(
        key ->
            verbosity.say(
                "kept " + key + ": no tenant's any more; remove the line after `bucket apply`"));
    verbosity.say("%s: %d tenants, keys added: %d".formatted(file, tenants.size(), added.size()));
    return 0;
  }

  @Command(
      name = "check",
      description =
          "Names every missing, empty or malformed key of a secrets file; never prints a value.",
      footer = {"", "Example:", "  appliance secrets check secrets.env"})
  int check(@Parameters(paramLabel = "FILE") Path file, @Mixin Verbosity verbosity)
      throws IOException {
    SecretsFile secrets = SecretsFile.read(file);
    List<String> problems = new ArrayList<>();
    Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!others.isEmpty()) {
      problems.add(
          file
              + ": has mode "
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              + ", so others than its owner can use it; run: chmod 600 "
              + file);
    }
    secrets.problems().stream().map(Problem::toString).forEach(problems::add);
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    verbosity.say(file + ": complete");
    return 0;
  }

  @Command(
      name = "manifest",
      description = {
        "Prints the Secret objects that task pods refer to, made from a secrets file, for kubectl.",
        "KUBERNETES_TOKEN may still be empty: it comes from `appliance kubeconfig` later."
      },
      footer = {
        "",
        "Example:",
        "  appliance secrets manifest secrets.env cluster.yaml | kubectl apply --server-side -f -",
        "  appliance secrets manifest secrets.env cluster.yaml --tenants tenants.env > pod-secrets.yaml"
      })
  int manifest(
      @Parameters(paramLabel = "SECRETS", description = "The secrets file.") Path file,
      @Parameters(paramLabel = "FILE", description = "The cluster file.") Path cluster,
      @Option(
              names = "--tenants",
              paramLabel = "FILE",
              description = "The tenants' keys, as `appliance secrets tenants` writes them.")
          Path tenants)
      throws IOException {
    Map<String, String> secrets = KeyFiles.values(file, PodSecrets.KEYS);
    Common common = OwnCluster.of(cluster);
    Blueprint blueprint = common.blueprint();
    TenantKeys keys = KeyFiles.tenants(blueprint.cluster(), cluster, tenants);
    System.out.print(PodSecrets.yaml(blueprint, secrets, keys.values()));
    return 0;
  }
}

package org.airflowappliance.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.SecretsLine;
import org.airflowappliance.keycloak.AdminLogin;
import org.airflowappliance.keycloak.KeycloakRealm;
import org.airflowappliance.keycloak.RealmAddress;
import org.airflowappliance.keycloak.RealmFragment;
import org.airflowappliance.keycloak.RealmPlan;
import org.airflowappliance.plan.Blueprint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code appliance keycloak apply}: the realm becomes the one that cluster.yaml asks for. */
@Command(
    name = "apply",
    description = {
      "Makes Airflow's client, its roles and the machines' clients in a realm what cluster.yaml says; safe to repeat.",
      "Says a line for each change: + is made, ~ is changed, - is no longer wanted. Touches only clients and roles that carry"
          + " the cluster's mark, and of those only what realm.json in the release names; never users, who has"
          + " which role, or the realm's settings."
    },
    footer = {
      "",
      "Example:",
      "  appliance keycloak apply cluster.yaml --admin admin --dry-run",
      "  appliance keycloak apply cluster.yaml --admin admin --write-secrets secrets.env",
      "  appliance keycloak apply cluster.yaml -q --admin admin --machine-secret ci > ci-secret"
    })
final class KeycloakApplyCommand implements Callable<Integer> {
  private static final String SECRET = "OIDC_CLIENT_SECRET";

  @Spec CommandSpec spec;
  @Mixin OwnCluster common;
  @Mixin AdminOptions admin;
  @Mixin Verbosity verbosity;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The realm as this machine reaches it (default: oidc.serverUrl of the cluster file).")
  URI url;

  @Option(names = "--dry-run", description = "Only say what would change.")
  boolean dryRun;

  @Option(
      names = "--adopt",
      description =
          "Take over clients and roles of these names that somebody else made, and mark them as the cluster's.")
  boolean adopt;

  @Option(
      names = "--prune",
      description =
          "Remove clients and roles of this cluster that cluster.yaml no longer names; people lose such a role.")
  boolean prune;

  @Option(
      names = "--write-secrets",
      paramLabel = "FILE",
      description = "Put the client's secret into this secrets file, as " + SECRET + ".")
  Path secrets;

  @Option(
      names = "--machine-secret",
      paramLabel = "ID",
      description =
          "Print the secret of this machine on standard output, and all else on standard error.")
  String machine;

  @Override
  public Integer call() {
    if (dryRun && machine != null) {
      throw new ParameterException(
          spec.commandLine(), "--machine-secret prints what --dry-run does not make; give one.");
    }
    Blueprint blueprint = common.blueprint();
    Cluster cluster = blueprint.cluster();
    Set<String> machines = cluster.oidc().machines().keySet();
    if (machine != null && !machines.contains(machine)) {
      throw new UserError(
          "--machine-secret: '%s' is no machine of the cluster; oidc.machines has %s"
              .formatted(machine, machines.isEmpty() ? "none" : String.join(", ", machines)));
    }
    AdminLogin login = admin.login(System.getenv());
    Optional<SecretsLine> line =
        Optional.ofNullable(secrets).map(file -> new SecretsLine(file, SECRET));
    line.ifPresent(SecretsLine::check);
    RealmAddress address = address(cluster);
    KeycloakRealm realm = new KeycloakRealm(address, login, cluster.caFile());

    RealmPlan plan = realm.plan(RealmFragment.of(blueprint), adopt, prune);
    plan.lines().forEach(this::say);
    realm
        .warnings(cluster.oidc().sessionMinutes())
        .forEach(each -> spec.commandLine().getErr().println("warning: " + each));
    if (dryRun) {
      return 0;
    }
    realm.apply(plan);
    if (plan.made() > 0) {
      say("%s: changes made: %d".formatted(address, plan.made()));
    }
    line.ifPresent(each -> fill(each, realm.secret(cluster.oidc().client())));
    if (machine != null) {
      System.out.println(realm.secret(machine));
    }
    return 0;
  }

  private RealmAddress address(Cluster cluster) {
    return url == null
        ? RealmAddress.of("oidc.serverUrl", cluster.oidc().serverUrl())
        : RealmAddress.of("--url", URI.create(url.toString().replaceAll("/+$", "")));
  }

  private void fill(SecretsLine line, String secret) {
    say(line.file() + (line.write(secret) ? ": wrote " : ": has the right ") + SECRET);
  }

  private void say(String line) {
    if (machine == null) {
      verbosity.say(line);
    } else if (!verbosity.quiet()) {
      spec.commandLine().getErr().println(line);
    }
  }
}

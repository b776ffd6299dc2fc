package org.airflowappliance.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code appliance keycloak}: makes the realm ready for the cluster. */
@Command(
    name = "keycloak",
    description = "Makes a realm of Keycloak ready for the cluster.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = KeycloakApplyCommand.class,
    footer = {"", "Example:", "  appliance keycloak apply cluster.yaml --admin admin --dry-run"})
final class KeycloakCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: apply.");
  }
}

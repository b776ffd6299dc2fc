package org.airflowappliance.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.airflowappliance.Appliance;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.plan.ReleasePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code appliance plan}: every artifact with its inputs, without network. */
@Command(
    name = "plan",
    description =
        "Prints every file that `build` would write, in build order, with its inputs; uses no network.",
    footer = {"", "Example:", "  appliance plan cluster.yaml --output json"})
final class PlanCommand implements Callable<Integer> {
  /** How a plan is printed. */
  enum Format {
    text,
    json
  }

  @Mixin AnyCluster common;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Format format;

  @Override
  public Integer call() throws JsonProcessingException {
    Blueprint blueprint = common.blueprint();
    Plan plan = Plan.of(blueprint, Appliance.sections());
    if (format == Format.json) {
      System.out.println(json(plan));
    } else {
      plan.artifacts().forEach(PlanCommand::print);
    }
    return 0;
  }

  private static void print(Artifact artifact) {
    System.out.printf("%-10s %s%n", artifact.kind(), artifact.path());
    artifact.inputs().forEach(input -> System.out.println("             <- " + input));
  }

  private static String json(Plan plan) throws JsonProcessingException {
    List<Object> all = new ArrayList<>();
    for (Artifact artifact : plan.artifacts()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("path", artifact.path().value());
      one.put("kind", artifact.kind());
      one.put("recipe", artifact.recipe());
      one.put("inputs", artifact.inputs().stream().map(ReleasePath::value).toList());
      all.add(one);
    }
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all);
  }
}

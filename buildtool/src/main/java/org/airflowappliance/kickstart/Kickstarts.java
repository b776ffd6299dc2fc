package org.airflowappliance.kickstart;

import java.util.List;
import java.util.Map;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;

/** Plans the kickstart of each node. */
public final class Kickstarts implements Section {
  @Override
  public String name() {
    return "kickstart";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return blueprint.cluster().nodes().stream().map(node -> kickstart(blueprint, node)).toList();
  }

  private static Artifact kickstart(Blueprint blueprint, Cluster.Node node) {
    Parts parts = new Parts(blueprint.definitions());
    Cluster.Provisioning provisioning = blueprint.cluster().provisioning();
    Sources sources = new Sources(parts, provisioning);
    Map<String, String> values = Parts.values(blueprint, node);
    values.put("ntpServers", list(parts, "parts/ntp-servers.ks", provisioning.ntpServers()));
    values.put("nameServers", list(parts, "parts/name-servers.ks", node.dns()));
    values.put("sshKeys", parts.each("parts/ssh-key.ks", "key", provisioning.rootSshKeys()));
    values.put("repositories", sources.duringInstallation());
    values.put("siteRepositories", sources.afterwards());
    values.put("partitions", parts.piece("partitions.ks", values));
    values.put("pre", parts.piece("pre.sh", values));
    return new Kickstart(
        new ReleasePath("kickstart/" + node.name() + ".ks"),
        parts.template("node.ks"),
        parts.template("post.sh"),
        values);
  }

  /** An option with a list, or nothing for an empty list. */
  private static String list(Parts parts, String file, List<String> servers) {
    return servers.isEmpty() ? "" : parts.piece(file, Map.of("servers", String.join(",", servers)));
  }
}

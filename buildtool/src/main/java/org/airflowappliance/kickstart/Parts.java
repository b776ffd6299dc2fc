package org.airflowappliance.kickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.template.Template;

/**
 * Texts of the folder {@code kickstart}, filled.
 *
 * @param definitions where they stand
 */
record Parts(Definitions definitions) {
  private static final String FOLDER = "kickstart/";

  Template template(String file) {
    return new Template(FOLDER + file, definitions.text(FOLDER + file));
  }

  /** A whole file. */
  String filled(String file, Map<String, String> values) {
    return template(file).fill(values);
  }

  /** A piece of a file, without a line's end after it. */
  String piece(String file, Map<String, String> values) {
    return filled(file, values).strip();
  }

  /** The same piece for each of several values of one hole, a line each. */
  String each(String file, String hole, List<String> contents) {
    return lines(contents.stream().map(content -> piece(file, Map.of(hole, content))).toList());
  }

  static String lines(List<String> pieces) {
    return String.join("\n", pieces);
  }

  /** What a file may say of the cluster and of one of its nodes. */
  static Map<String, String> values(Blueprint blueprint, Cluster.Node node) {
    Map<String, String> values = new TreeMap<>(Holes.of(blueprint));
    values.put("node.name", node.name());
    values.put("node.address", node.address());
    values.put("node.netmask", node.netmask());
    values.put("node.gateway", node.gateway());
    values.put("node.mac", node.mac());
    values.put("node.dashedMac", dashed(node));
    values.put("node.disk", node.disk());
    return values;
  }

  static String dashed(Cluster.Node node) {
    return node.mac().replace(':', '-');
  }

  /** The mirrors of cluster.yaml that are there, as holes. */
  static Map<String, String> mirrors(Cluster.Provisioning provisioning) {
    Map<String, String> values = new TreeMap<>();
    provisioning
        .rockyMirror()
        .ifPresent(url -> values.put("provisioning.rockyMirror", url.toString()));
    provisioning
        .epelMirror()
        .ifPresent(url -> values.put("provisioning.epelMirror", url.toString()));
    return values;
  }

  /** Repositories of the installation: the site's mirrors, else the distributions' own lists. */
  String repositories(Cluster.Provisioning provisioning) {
    Map<String, String> mirrors = mirrors(provisioning);
    return lines(
        List.of(
            piece(source("rocky", provisioning.rockyMirror().isPresent()), mirrors),
            piece(source("epel", provisioning.epelMirror().isPresent()), mirrors)));
  }

  private static String source(String distribution, boolean mirrored) {
    return "parts/" + distribution + (mirrored ? "-mirror.ks" : "-list.ks");
  }

  /** Commands that make the new system use the site's mirrors; none where there are none. */
  String siteRepositories(Cluster.Provisioning provisioning) {
    Map<String, String> mirrors = mirrors(provisioning);
    List<String> commands = new ArrayList<>();
    if (provisioning.rockyMirror().isPresent()) {
      commands.add(piece("parts/rocky-mirror.sh", mirrors));
    }
    if (provisioning.epelMirror().isPresent()) {
      commands.add(piece("parts/epel-mirror.sh", mirrors));
    }
    return lines(commands);
  }
}

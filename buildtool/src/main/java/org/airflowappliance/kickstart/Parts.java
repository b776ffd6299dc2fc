package org.airflowappliance.kickstart;

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
    values.put("node.diskGiB", Integer.toString(node.diskGiB()));
    return values;
  }

  static String dashed(Cluster.Node node) {
    return node.mac().replace(':', '-');
  }
}

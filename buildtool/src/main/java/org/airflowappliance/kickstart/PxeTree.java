package org.airflowappliance.kickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.TextFile;

/** Plans what a machine that boots from the network loads: boot loaders and menus by its MAC. */
public final class PxeTree implements Section {
  private static final String FOLDER = "pxe/";

  @Override
  public String name() {
    return "pxe";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    Installer installer = Installer.of(blueprint);
    List<Artifact> all = new ArrayList<>(loaders(blueprint));
    all.addAll(installer.copies());
    Parts parts = new Parts(blueprint.definitions());
    List<Cluster.Node> nodes = blueprint.cluster().nodes();
    for (Cluster.Node node : nodes) {
      Map<String, String> values = Parts.values(blueprint, node);
      values.putAll(installer.values());
      values.put("pxe.nameServers", nameServers(parts, node));
      values.put("pxe.arguments", parts.piece("pxe/arguments", values));
      String mac = Parts.dashed(node);
      all.add(text("nodes/" + mac + ".ipxe", parts.filled("pxe/node.ipxe", values)));
      all.add(text("grub/grub.cfg-01-" + mac, parts.filled("pxe/node.grub", values)));
    }
    Map<String, String> values = new TreeMap<>(Holes.of(blueprint));
    all.add(text("boot.ipxe", parts.filled("pxe/boot.ipxe", values)));
    all.add(text("grub/grub.cfg", parts.filled("pxe/grub.cfg", values)));
    values.put("pxe.ranges", ranges(parts, nodes));
    values.put("pxe.hosts", hosts(parts, blueprint));
    all.add(text("dnsmasq.conf", parts.filled("pxe/dnsmasq.conf", values)));
    return all;
  }

  private static List<Artifact> loaders(Blueprint blueprint) {
    BootLoaders defined = BootLoaders.read(blueprint.definitions());
    BootPackages packages =
        new BootPackages(defined.suite(), BootLoaders.pins(blueprint.definitions()));
    List<Artifact> loaders = new ArrayList<>();
    new TreeMap<>(defined.files())
        .forEach(
            (name, source) ->
                loaders.add(BootLoader.loader(new ReleasePath(FOLDER + name), packages, source)));
    packages.pins().forEach(pin -> loaders.add(BootLoader.licence(pin.name(), packages)));
    new TreeMap<>(defined.licences())
        .forEach((name, source) -> loaders.add(BootLoader.licence(name, packages, source)));
    return loaders;
  }

  private static String nameServers(Parts parts, Cluster.Node node) {
    return parts.each("pxe/name-server", "server", node.dns()).replace('\n', ' ');
  }

  /** One range for each network that has nodes. */
  private static String ranges(Parts parts, List<Cluster.Node> nodes) {
    return Parts.lines(
        nodes.stream()
            .map(node -> Map.of("network", node.network(), "netmask", node.netmask()))
            .map(values -> parts.piece("pxe/dnsmasq-range.conf", values))
            .distinct()
            .toList());
  }

  private static String hosts(Parts parts, Blueprint blueprint) {
    return Parts.lines(
        blueprint.cluster().nodes().stream()
            .map(node -> parts.piece("pxe/dnsmasq-host.conf", Parts.values(blueprint, node)))
            .toList());
  }

  private static Artifact text(String path, String text) {
    return new TextFile(new ReleasePath(FOLDER + path), "pxe", text);
  }
}

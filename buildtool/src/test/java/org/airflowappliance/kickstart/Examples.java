package org.airflowappliance.kickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.PackedDefinitions;

/** The example cluster and variants of it, planned from the project's own definitions. */
public final class Examples {
  static final Definitions DEFINITIONS = PackedDefinitions.folder(Path.of(".."));

  private Examples() {}

  static Blueprint homelab() {
    return of(DEFINITIONS, ClusterYaml.example(AirflowLines.versions(DEFINITIONS)));
  }

  /** The example with a text of it replaced. */
  public static Blueprint changed(
      Path folder, Definitions definitions, String text, String replacement) throws IOException {
    String example = Files.readString(Path.of("examples/homelab.yaml"));
    if (!example.contains(text)) {
      throw new IllegalArgumentException("the example does not hold: " + text);
    }
    Path file =
        Files.writeString(folder.resolve("changed.yaml"), example.replace(text, replacement));
    return of(definitions, ClusterYaml.read(file, AirflowLines.versions(definitions)));
  }

  private static Blueprint of(Definitions definitions, Cluster cluster) {
    return new Blueprint(
        cluster,
        definitions,
        AirflowLines.read(definitions, cluster.airflowVersion()),
        Instant.EPOCH);
  }

  /** What the sections write besides the boot loaders, which a unit test cannot fetch. */
  static List<Artifact> texts(Blueprint blueprint) {
    List<Artifact> kickstarts = new Kickstarts().plan(blueprint, List.of());
    List<Artifact> tree = new PxeTree().plan(blueprint, kickstarts);
    return Stream.concat(kickstarts.stream(), tree.stream())
        .filter(each -> List.of("kickstart", "pxe").contains(each.kind()))
        .toList();
  }

  /** The text that an artifact writes. */
  public static String text(Path folder, Artifact artifact) throws IOException {
    return Files.readString(
        new FolderWorkbench(folder, Instant.EPOCH, new FixedKey()).write(artifact));
  }
}

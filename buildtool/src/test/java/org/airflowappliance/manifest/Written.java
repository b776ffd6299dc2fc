package org.airflowappliance.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.image.ImageReference;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.PackedDefinitions;

/** The manifests of a cluster file, written beside images whose digests are made up. */
public final class Written {
  static final List<String> VERSIONS = List.of("2.2.5");
  private static final Path CA_FOLDER =
      Path.of("src/test/resources/org/airflowappliance/cluster").toAbsolutePath();

  private Written() {}

  /** The example, edited. */
  public static Blueprint blueprint(UnaryOperator<String> edit) {
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    return new Blueprint(
        ClusterYaml.read(
            "homelab.yaml",
            edit.apply(ClusterYaml.exampleText()).getBytes(StandardCharsets.UTF_8),
            CA_FOLDER,
            VERSIONS),
        definitions,
        AirflowLines.read(definitions, "2.2.5"),
        Instant.EPOCH);
  }

  /** Every file's text by its path. */
  static Map<String, String> texts(Path folder, UnaryOperator<String> edit) throws IOException {
    return texts(folder, blueprint(edit));
  }

  static Map<String, String> texts(Path folder, Blueprint blueprint) throws IOException {
    FolderWorkbench bench = new FolderWorkbench(folder, Instant.EPOCH, null);
    for (String image : List.of("airflow-worker", "s3fs")) {
      Path digest = bench.built(new ImageReference(image).digestFile());
      Files.createDirectories(digest.getParent());
      String digits = image.equals("s3fs") ? "5f" : "af";
      Files.writeString(digest, "sha256:" + digits.repeat(32) + "\n");
    }
    Map<String, String> texts = new TreeMap<>();
    for (Artifact artifact : plan(blueprint)) {
      texts.put(artifact.path().value(), Files.readString(bench.write(artifact)));
    }
    return texts;
  }

  static List<Artifact> plan(Blueprint blueprint) {
    return new ArrayList<>(new Manifests().plan(blueprint, List.of()));
  }
}

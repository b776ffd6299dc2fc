package org.airflowappliance.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;

/** Reads and checks {@code cluster.yaml}: the file of the operator's that all else follows from. */
public final class ClusterYaml {
  private ClusterYaml() {}

  /**
   * Reads a file.
   *
   * @param file CA files are looked for beside it
   * @param airflowVersions the Airflow lines that can be built
   * @throws InvalidCluster with all problems
   */
  public static Cluster read(Path file, Collection<String> airflowVersions) {
    Problems problems = new Problems(file.toString());
    byte[] bytes = YamlText.bytes(file, problems);
    Path folder = file.toAbsolutePath().getParent();
    return read(bytes, folder, airflowVersions, problems);
  }

  /**
   * Reads a text.
   *
   * @param name of the text in messages
   * @param folder CA files are looked for in it
   */
  public static Cluster read(
      String name, byte[] content, Path folder, Collection<String> airflowVersions) {
    return read(content, folder, airflowVersions, new Problems(name));
  }

  private static Cluster read(
      byte[] content, Path folder, Collection<String> airflowVersions, Problems problems) {
    Document document = YamlReader.read(YamlText.decode(content, problems), problems);
    ClusterSchema schema = new ClusterSchema(schema());
    Set<String> bad = schema.check(document, problems);
    schema.fillDefaults(document.root());
    Part root = new Part(Spot.ROOT, document.root(), document, bad, problems);
    CaFiles caFiles = new CaFiles(folder);
    AirflowChecks.check(root.child("airflow"), airflowVersions);
    NodeChecks.check(root.child("nodes").items());
    ServiceChecks.check(root);
    WorkerChecks.check(root.child("workers"));
    SiteChecks.check(root);
    TenantChecks.check(root);
    caFiles.check(root.child("database").child("ca"));
    caFiles.check(root.child("kubernetes").child("ca"));
    caFiles.check(root.child("caFile"));
    problems.throwIfAny();
    return new ClusterTree(root, caFiles).cluster();
  }

  /** The JSON Schema (2020-12) that validation uses. */
  public static String schema() {
    return resource("/org/airflowappliance/cluster/cluster.schema.json");
  }

  /** The example that the tool carries. */
  public static Cluster example(Collection<String> airflowVersions) {
    byte[] text = exampleText().getBytes(StandardCharsets.UTF_8);
    return read("homelab.yaml", text, Path.of("."), airflowVersions);
  }

  /** Text of the example that the tool carries, with its comments. */
  public static String exampleText() {
    return resource("/examples/homelab.yaml");
  }

  private static String resource(String path) {
    try (InputStream in = ClusterYaml.class.getResourceAsStream(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

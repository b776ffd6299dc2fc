package org.airflowappliance.provenance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.airflowappliance.file.Tally;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Origin;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.Workbench;

/**
 * Plans {@code provenance.json}: what was built from what, as an in-toto statement (v1) with SLSA's
 * provenance (v1), signed. No time and no machine is in it, since the same input gives the same
 * bytes.
 */
public final class Provenance implements Section {
  /** Name of the file. */
  public static final String NAME = "provenance.json";

  /** What the parameters mean is said in buildtool/README.md. */
  private static final String BUILD_TYPE = "urn:airflow-appliance:build:v1";

  private static final String BUILDER = "urn:airflow-appliance:appliance";
  private static final List<String> FOLDERS = List.of("images", "kickstart", "rpm");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String name() {
    return "provenance";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return List.of(
        new Statement(blueprint, earlier.stream().map(Artifact::path).sorted().toList()));
  }

  private record Statement(Blueprint blueprint, List<ReleasePath> inputs) implements Artifact {
    @Override
    public ReleasePath path() {
      return new ReleasePath(NAME);
    }

    @Override
    public String kind() {
      return "provenance";
    }

    @Override
    public String recipe() {
      return new Fingerprint().add(kind(), predicate()).hex();
    }

    @Override
    public boolean signed() {
      return true;
    }

    @Override
    public void write(Path target, Workbench workbench) throws IOException {
      ObjectNode statement = JSON.createObjectNode();
      statement.put("_type", "https://in-toto.io/Statement/v1");
      ArrayNode subjects = statement.putArray("subject");
      for (ReleasePath input : inputs) {
        subject(subjects, input.value(), workbench.sha256(input));
      }
      statement.put("predicateType", "https://slsa.dev/provenance/v1");
      statement.set("predicate", predicate());
      byte[] payload = JSON.writeValueAsBytes(statement);
      byte[] signature = workbench.signer().signBare(Envelope.signedBytes(payload));
      Files.writeString(
          target, new Envelope(payload, workbench.signer().fingerprint(), signature).text());
    }

    private ObjectNode predicate() {
      Origin origin = blueprint.origin();
      ObjectNode predicate = JSON.createObjectNode();
      ObjectNode definition = predicate.putObject("buildDefinition");
      definition.put("buildType", BUILD_TYPE);
      definition
          .putObject("externalParameters")
          .put("cluster", blueprint.cluster().name())
          .put("release", blueprint.cluster().release())
          .put("airflow", blueprint.line().version())
          .put("withInstaller", blueprint.installer());
      definition
          .putObject("internalParameters")
          .put("epoch", blueprint.epoch().toString())
          .put("lockSerial", blueprint.line().serial());
      ArrayNode from = definition.putArray("resolvedDependencies");
      origin
          .commit()
          .ifPresent(
              commit ->
                  from.addObject()
                      .put("name", "source")
                      .putObject("digest")
                      .put("gitCommit", commit));
      if (!origin.clusterFile().isEmpty()) {
        subject(from, "cluster.yaml", origin.clusterFile());
      }
      for (String folder : FOLDERS) {
        blueprint.definitions().files(folder).stream()
            .filter(file -> file.endsWith(".lock"))
            .forEach(file -> subject(from, file, sha256(blueprint.definitions().text(file))));
      }
      ObjectNode builder = predicate.putObject("runDetails").putObject("builder");
      builder.put("id", BUILDER);
      builder.putObject("version").put("appliance", origin.tool());
      return predicate;
    }

    private static String sha256(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(Tally.digest("SHA-256").digest(bytes));
    }

    private static void subject(ArrayNode all, String name, String sha256) {
      all.addObject().put("name", name).putObject("digest").put("sha256", sha256);
    }
  }
}

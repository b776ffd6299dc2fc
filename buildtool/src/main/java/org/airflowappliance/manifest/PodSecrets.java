package org.airflowappliance.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.template.Template;

/** The Secret objects that task pods refer to; made from a secrets file, never in a release. */
public final class PodSecrets {
  /** What of the secrets file pods need. */
  public static final List<String> KEYS =
      List.of("DATABASE_PASSWORD", "FERNET_KEY", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY");

  private static final String FILE = "manifests/secrets.yaml";

  /** Where the pod template's parts put the CA of the database, and all CAs together. */
  private static final String DATABASE_CA = "/opt/airflow/ca/database.pem";

  private static final String ALL_CAS = "/trust/ca.pem";

  private PodSecrets() {}

  /**
   * The objects' YAML.
   *
   * @param secrets values of {@link #KEYS}
   */
  public static String yaml(Blueprint blueprint, Map<String, String> secrets) {
    Cluster cluster = blueprint.cluster();
    Optional<String> ca =
        cluster
            .database()
            .ca()
            .map(file -> DATABASE_CA)
            .or(() -> cluster.caFile().map(file -> ALL_CAS));
    String keyId = secrets.get("S3_ACCESS_KEY_ID");
    String key = secrets.get("S3_SECRET_ACCESS_KEY");
    Map<String, String> values = new HashMap<>(Manifests.values(blueprint));
    values.put("secret.s3AccessKeyId", base64(keyId));
    values.put("secret.s3SecretAccessKey", base64(key));
    values.put("secret.logConnection", base64(Connections.logs(cluster.objectStore(), keyId, key)));
    values.put("secret.fernetKey", base64(secrets.get("FERNET_KEY")));
    values.put(
        "secret.databaseConnection",
        base64(Connections.database(cluster.database(), secrets.get("DATABASE_PASSWORD"), ca)));
    String text = new Template(FILE, blueprint.definitions().text(FILE)).fill(values);
    return KubernetesYaml.write(
        CommonMetadata.of(blueprint, values).addTo(KubernetesYaml.read(FILE, text)));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

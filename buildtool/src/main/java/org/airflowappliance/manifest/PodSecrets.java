package org.airflowappliance.manifest;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantRole;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.TenantNames;
import org.airflowappliance.template.Template;

/** The Secret objects that task pods refer to; made from a secrets file, never in a release. */
public final class PodSecrets {
  /** What of the secrets file pods need. */
  public static final List<String> KEYS =
      List.of("DATABASE_PASSWORD", "FERNET_KEY", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY");

  private static final String FILE = "manifests/secrets.yaml";
  private static final String TENANT = "manifests/tenant-secret.yaml";

  /** Where the pod template's parts put the CA of the database, and all CAs together. */
  private static final String DATABASE_CA = "/opt/airflow/ca/database.pem";

  private static final String ALL_CAS = "/trust/ca.pem";

  private PodSecrets() {}

  /**
   * The objects' YAML.
   *
   * @param secrets values of {@link #KEYS}
   * @param tenants values of the tenants' file
   */
  public static String yaml(
      Blueprint blueprint, Map<String, String> secrets, Map<String, String> tenants) {
    Cluster cluster = blueprint.cluster();
    Optional<String> ca =
        cluster
            .database()
            .ca()
            .map(file -> DATABASE_CA)
            .or(() -> cluster.caFile().map(file -> ALL_CAS));
    Map<String, String> values = new HashMap<>(Manifests.values(blueprint));
    Map<String, String> common = Map.copyOf(values);
    values.putAll(
        keys(cluster, secrets.get("S3_ACCESS_KEY_ID"), secrets.get("S3_SECRET_ACCESS_KEY")));
    values.put("secret.fernetKey", base64(secrets.get("FERNET_KEY")));
    values.put(
        "secret.databaseConnection",
        base64(Connections.database(cluster.database(), secrets.get("DATABASE_PASSWORD"), ca)));
    CommonMetadata metadata = CommonMetadata.of(blueprint, values);
    List<HasMetadata> objects = new ArrayList<>(metadata.addTo(filled(FILE, blueprint, values)));
    for (Tenant tenant : cluster.tenants()) {
      Map<String, String> own = new HashMap<>(common);
      own.put("tenant.objectStoreSecret", TenantNames.of(cluster, tenant).objectStoreSecret());
      own.putAll(
          keys(
              cluster,
              tenants.get(TenantRole.PODS.accessKeyId(tenant.name())),
              tenants.get(TenantRole.PODS.secretAccessKey(tenant.name()))));
      objects.addAll(metadata.ofTenant(tenant.name()).addTo(filled(TENANT, blueprint, own)));
    }
    return KubernetesYaml.write(objects);
  }

  private static Map<String, String> keys(Cluster cluster, String id, String secret) {
    return Map.of(
        "secret.s3AccessKeyId", base64(id),
        "secret.s3SecretAccessKey", base64(secret),
        "secret.logConnection", base64(Connections.logs(cluster.objectStore(), id, secret)));
  }

  private static List<HasMetadata> filled(
      String file, Blueprint blueprint, Map<String, String> values) {
    String text = new Template(file, blueprint.definitions().text(file)).fill(values);
    return KubernetesYaml.read(file, text);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

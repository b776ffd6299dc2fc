package org.airflowappliance.plan;

import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.cluster.Cluster;

/** Values for the {@code {{holes}}} of the definitions, named as cluster.yaml names them. */
public final class Holes {
  private Holes() {}

  /** All values of a blueprint, by name. */
  public static Map<String, String> of(Blueprint blueprint) {
    Cluster cluster = blueprint.cluster();
    Map<String, String> values = new TreeMap<>();
    values.put("airflow.version", blueprint.line().version());
    values.put("airflow.serial", Integer.toString(blueprint.line().serial()));
    values.put("airflow.python", blueprint.line().python());
    values.put("cluster.name", cluster.name());
    values.put("cluster.release", Integer.toString(cluster.release()));
    values.put("timeZone", cluster.timeZone().getId());
    loadBalancer(values, cluster.loadBalancer());
    values.put("distribution.url", cluster.distribution().url().toString());
    values.put("images.registry", cluster.images().registry());
    database(values, cluster.database());
    objectStore(values, cluster.objectStore());
    oidc(values, cluster.oidc());
    kubernetes(values, cluster);
    return values;
  }

  private static void loadBalancer(Map<String, String> values, Cluster.LoadBalancer balancer) {
    values.put("loadBalancer.url", balancer.url().toString());
    values.put(
        "loadBalancer.cookieSecure", balancer.url().getScheme().equals("https") ? "True" : "False");
    values.put("loadBalancer.tlsCertificate", balancer.tlsCertificate().orElse(""));
    values.put("loadBalancer.tlsKey", balancer.tlsKey().orElse(""));
  }

  private static void database(Map<String, String> values, Cluster.Database database) {
    values.put("database.host", database.host());
    values.put("database.port", Integer.toString(database.port()));
    values.put("database.name", database.name());
    values.put("database.user", database.user());
    values.put("database.sslmode", database.sslmode());
  }

  private static void objectStore(Map<String, String> values, Cluster.ObjectStore store) {
    values.put("objectStore.endpoint", store.endpoint().toString());
    values.put("objectStore.region", store.region());
    values.put("objectStore.bucket", store.bucket());
    values.put("objectStore.dagPrefix", store.dagPrefix());
    values.put("objectStore.logPrefix", store.logPrefix());
    values.put("objectStore.pathStyle", Boolean.toString(store.pathStyle()));
    // more mount options of s3fs, each with a comma before it
    values.put("objectStore.s3fsStyle", store.pathStyle() ? ",use_path_request_style" : "");
  }

  private static void oidc(Map<String, String> values, Cluster.Oidc oidc) {
    values.put("oidc.issuer", oidc.issuer().toString());
    values.put("oidc.serverUrl", oidc.serverUrl().toString());
    values.put("oidc.client", oidc.client());
  }

  private static void kubernetes(Map<String, String> values, Cluster cluster) {
    values.put("kubernetes.api", cluster.kubernetes().api().toString());
    values.put("kubernetes.namespace", cluster.kubernetes().namespace());
    values.put(
        "kubernetes.podSecurity",
        cluster.kubernetes().dags() == Cluster.DagDelivery.S3FS ? "privileged" : "baseline");
    values.put("kubernetes.minimumVersion", cluster.kubernetes().minimumVersion());
    values.put("workers.cpuRequest", cluster.workers().cpuRequest());
    values.put("workers.memoryRequest", cluster.workers().memoryRequest());
    values.put("workers.cpuLimit", cluster.workers().cpuLimit());
    values.put("workers.memoryLimit", cluster.workers().memoryLimit());
  }
}

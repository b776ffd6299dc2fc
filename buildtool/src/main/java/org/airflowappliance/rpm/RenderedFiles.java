package org.airflowappliance.rpm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.airflow.AirflowConfig;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Cluster.CaFile;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Instance;

/** What of AIRFLOW_HOME is made from cluster.yaml: airflow.cfg, settings.json and the CA files. */
final class RenderedFiles {
  /** The webserver is not root, so it listens here whatever the balancer's port is. */
  private static final int WEBSERVER_PORT = 8080;

  private static final ObjectMapper JSON = new ObjectMapper();

  private RenderedFiles() {}

  /** Text of each file by the name that package.yaml calls it by. */
  static Map<String, String> of(Blueprint blueprint, Instance instance) {
    Cluster cluster = blueprint.cluster();
    Map<String, String> files = new TreeMap<>();
    files.put("airflow.cfg", AirflowConfig.ofNodes(blueprint));
    files.put("settings.json", settings(cluster, instance));
    cluster.caFile().ifPresent(ca -> files.put("ca/cluster.pem", ca.pem()));
    cluster.database().ca().ifPresent(ca -> files.put("ca/database.pem", ca.pem()));
    cluster.kubernetes().ca().ifPresent(ca -> files.put("ca/kubernetes.pem", ca.pem()));
    return files;
  }

  private static String settings(Cluster cluster, Instance instance) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cluster", cluster.name());
    all.put("release", cluster.release());
    all.put("database", database(cluster, instance));
    all.put("objectStore", objectStore(cluster.objectStore()));
    all.put("oidc", oidc(cluster.oidc()));
    all.put("kubernetes", kubernetes(cluster, instance));
    all.put("tenants", TenantSettings.of(cluster));
    all.put("webserver", webserver(cluster.loadBalancer()));
    all.put("paths", paths(instance));
    all.put("caFile", ca(cluster.caFile(), instance, "cluster"));
    all.put("ca", bundle(cluster, instance));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all).replace("\r\n", "\n")
          + "\n";
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("maps of texts are always JSON", problem);
    }
  }

  private static Map<String, Object> database(Cluster cluster, Instance instance) {
    Cluster.Database database = cluster.database();
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("host", database.host());
    keys.put("port", database.port());
    keys.put("name", database.name());
    keys.put("user", database.user());
    keys.put("sslmode", database.sslmode());
    keys.put("ca", ca(database.ca(), cluster, instance, "database"));
    return keys;
  }

  private static Map<String, Object> objectStore(Cluster.ObjectStore store) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("endpoint", store.endpoint().toString());
    keys.put("region", store.region());
    keys.put("bucket", store.bucket());
    keys.put("dagPrefix", store.dagPrefix());
    keys.put("logPrefix", store.logPrefix());
    keys.put("pathStyle", store.pathStyle());
    return keys;
  }

  private static Map<String, Object> oidc(Cluster.Oidc oidc) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("issuer", oidc.issuer().toString());
    keys.put("serverUrl", oidc.serverUrl().toString());
    keys.put("client", oidc.client());
    keys.put("roles", new TreeMap<>(oidc.roles()));
    keys.put("sessionSeconds", oidc.sessionMinutes() * 60);
    keys.put("machines", new TreeMap<>(oidc.machines()));
    keys.put("basicAuth", oidc.basicAuth());
    return keys;
  }

  private static Map<String, Object> kubernetes(Cluster cluster, Instance instance) {
    Cluster.Kubernetes kubernetes = cluster.kubernetes();
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("api", kubernetes.api().toString());
    keys.put("ca", ca(kubernetes.ca(), cluster, instance, "kubernetes"));
    keys.put("namespace", kubernetes.namespace());
    keys.put("minimumVersion", kubernetes.minimumVersion());
    return keys;
  }

  private static Map<String, Object> webserver(Cluster.LoadBalancer balancer) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("baseUrl", balancer.url().toString());
    keys.put("port", WEBSERVER_PORT);
    keys.put("tlsCertificate", balancer.tlsCertificate().orElse(null));
    keys.put("tlsKey", balancer.tlsKey().orElse(null));
    return keys;
  }

  private static Map<String, Object> paths(Instance instance) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("home", instance.home());
    keys.put("run", instance.run());
    keys.put("dags", instance.dags());
    keys.put("plugins", instance.plugins());
    keys.put("logs", instance.logs());
    keys.put("state", instance.state());
    return keys;
  }

  /** A server's own CA where cluster.yaml names one, else what every server is trusted by. */
  private static String ca(Optional<CaFile> own, Cluster cluster, Instance instance, String name) {
    return own.isPresent() ? ca(own, instance, name) : bundle(cluster, instance);
  }

  /** The system's CAs with the site's, joined on the node; none where the system's are enough. */
  private static String bundle(Cluster cluster, Instance instance) {
    return cluster.caFile().map(present -> instance.run() + "/ca-bundle.pem").orElse(null);
  }

  private static String ca(Optional<CaFile> file, Instance instance, String name) {
    return file.map(present -> instance.home() + "/ca/" + name + ".pem").orElse(null);
  }
}

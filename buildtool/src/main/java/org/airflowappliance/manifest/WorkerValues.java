package org.airflowappliance.manifest;

import java.util.HashMap;
import java.util.Map;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.plan.TenantNames;

/**
 * Values of the holes {@code {{worker.…}}} and {@code {{tenant.…}}}: whose a task pod is. Without
 * {@code worker.image} it has the release's own, which {@link ManifestText} knows.
 */
final class WorkerValues {
  private WorkerValues() {}

  /** Of the pods of DAGs that are nobody's. */
  static Map<String, String> ofCluster(Cluster cluster) {
    Map<String, String> values = of(cluster.workers());
    values.put("worker.serviceAccount", cluster.name() + "-airflow-worker-serviceaccount");
    values.put("worker.objectStoreSecret", cluster.name() + "-airflow-s3-secret");
    values.put("worker.dagFolder", "");
    return values;
  }

  /** Of a tenant's pods and what else it has in Kubernetes. */
  static Map<String, String> ofTenant(Cluster cluster, Tenant tenant) {
    TenantNames names = TenantNames.of(cluster, tenant);
    Map<String, String> values = of(tenant.workers());
    values.put("worker.serviceAccount", names.object());
    values.put("worker.objectStoreSecret", names.objectStoreSecret());
    tenant.image().ifPresent(own -> values.put("worker.image", own));
    values.put("tenant.name", tenant.name());
    values.put("tenant.object", names.object());
    values.put("tenant.pool", names.pool());
    values.put("tenant.workNamespace", names.workNamespace());
    values.put("worker.dagFolder", tenant.dagPrefix());
    values.put("tenant.egress", EgressRules.of(tenant.workers().egress()));
    values.put("tenant.quota", TenantQuota.json(tenant.quota()));
    return values;
  }

  private static Map<String, String> of(Cluster.Workers workers) {
    Map<String, String> values = new HashMap<>();
    values.put("worker.cpuRequest", workers.cpuRequest());
    values.put("worker.memoryRequest", workers.memoryRequest());
    values.put("worker.cpuLimit", workers.cpuLimit());
    values.put("worker.memoryLimit", workers.memoryLimit());
    return values;
  }
}

package org.airflowappliance.plan;

import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantRole;

/**
 * What a tenant's things are called; derived here from its name and nowhere else.
 *
 * @param cluster name of the cluster
 * @param namespace of the cluster's task pods
 * @param tenant name of the tenant
 */
public record TenantNames(String cluster, String namespace, String tenant) {

  /** Of a tenant of a cluster. */
  public static TenantNames of(Cluster cluster, Tenant tenant) {
    return new TenantNames(cluster.name(), cluster.kubernetes().namespace(), tenant.name());
  }

  /** What the ids of its DAGs begin with. */
  public String dagIds() {
    return tenant + "__";
  }

  /** Its pool in Airflow. */
  public String pool() {
    return "tenant_" + tenant;
  }

  /** Airflow's role for people who may change its DAGs' runs. */
  public String userRole() {
    return "tenant_" + tenant;
  }

  /** Airflow's role for people who may only look. */
  public String viewerRole() {
    return userRole() + "_viewer";
  }

  /** Its service account, priority class, quota and network policies in Kubernetes. */
  public String object() {
    return cluster + "-airflow-tenant-" + tenant;
  }

  /** The Kubernetes secret with the S3 keys of its task pods. */
  public String objectStoreSecret() {
    return object() + "-s3";
  }

  /** The access policy in S3 of one of its pairs of keys. */
  public String policy(TenantRole role) {
    return new PolicyNames(cluster).of(tenant, role);
  }

  /** The namespace for pods that its tasks start themselves. */
  public String workNamespace() {
    return namespace + "-" + tenant;
  }
}

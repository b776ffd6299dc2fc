package org.airflowappliance.plan;

import java.util.Optional;
import org.airflowappliance.cluster.TenantRole;

/**
 * What a cluster's access policies in S3 are called. The dots keep them apart: no cluster and no
 * tenant has one in its name.
 *
 * @param cluster name of the cluster
 */
public record PolicyNames(String cluster) {
  /** Of the nodes. */
  public String nodes() {
    return prefix() + "nodes";
  }

  /** Of all keys at a MinIO. */
  public String everyKey() {
    return prefix() + "minio";
  }

  /** Of a tenant's keys. */
  public String of(String tenant, TenantRole role) {
    return prefix() + tenant + "." + role.word();
  }

  /** Whether a policy is this cluster's. */
  public boolean isOwn(String policy) {
    return policy.startsWith(prefix());
  }

  /** The tenant that a policy of this cluster is for. */
  public Optional<String> tenant(String policy) {
    String[] parts = policy.substring(isOwn(policy) ? prefix().length() : 0).split("\\.");
    return isOwn(policy) && parts.length == 2 ? Optional.of(parts[0]) : Optional.empty();
  }

  private String prefix() {
    return cluster + ".airflow.";
  }
}

package org.airflowappliance.cli;

import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.bucket.AccessPolicies;
import org.airflowappliance.bucket.AccessPolicy;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantRole;
import org.airflowappliance.plan.TenantNames;

/** What an administrator of a server without MinIO's admin API does by hand. */
final class PrintedPolicies {
  private PrintedPolicies() {}

  /** Lines to be read and copied from. */
  static List<String> of(Cluster cluster, AccessPolicies policies) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "# For each part below make a user with this policy and no other, and write its keys where the part says.");
    lines.add(
        "# Then prepare the bucket with keys that may write all of it: appliance bucket prepare cluster.yaml --secrets FILE");
    lines.add("# When a tenant has gone, remove its users and policies.");
    part(lines, policies.nodes(), "secrets.env: S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY");
    for (Tenant tenant : cluster.tenants()) {
      for (TenantRole role : TenantRole.values()) {
        String name = TenantNames.of(cluster, tenant).policy(role);
        String keys =
            "tenants.env: %s, %s"
                .formatted(role.accessKeyId(tenant.name()), role.secretAccessKey(tenant.name()));
        policies.tenants().stream()
            .filter(each -> each.name().equals(name))
            .forEach(each -> part(lines, each, keys));
      }
    }
    return lines;
  }

  private static void part(List<String> lines, AccessPolicy policy, String keys) {
    lines.add("");
    lines.add("# " + policy.name() + " (s3/" + policy.file() + ") -> " + keys);
    lines.add(policy.json().stripTrailing());
  }
}

package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantRole;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.JsonDefinition;
import org.airflowappliance.plan.PolicyNames;
import org.airflowappliance.plan.TenantNames;

/**
 * What the keys of a cluster may do in its bucket. No secret is in it.
 *
 * @param nodes of the nodes
 * @param everyKey what MinIO allows every key by itself and is taken from all of these
 * @param tenants two of each, in the cluster file's order
 */
public record AccessPolicies(
    AccessPolicy nodes, AccessPolicy everyKey, List<AccessPolicy> tenants) {
  private static final String FOLDER = "manifests/s3/";

  public AccessPolicies {
    tenants = List.copyOf(tenants);
  }

  /** What the cluster file asks for, as the definitions say it. */
  public static AccessPolicies of(Blueprint blueprint) {
    PolicyNames names = new PolicyNames(blueprint.cluster().name());
    Reading reading = new Reading(blueprint);
    List<AccessPolicy> tenants = new ArrayList<>();
    for (Tenant tenant : blueprint.cluster().tenants()) {
      TenantNames own = TenantNames.of(blueprint.cluster(), tenant);
      Map<String, String> values =
          Map.of(
              "tenant.name", tenant.name(),
              "tenant.dagPrefix", tenant.dagPrefix(),
              "tenant.dagIds", own.dagIds());
      for (TenantRole role : TenantRole.values()) {
        tenants.add(
            new AccessPolicy(
                own.policy(role),
                tenant.name() + "-" + role.word() + ".json",
                reading.document(role.word() + ".json", values)));
      }
    }
    return new AccessPolicies(
        new AccessPolicy(names.nodes(), "nodes.json", reading.document("nodes.json", Map.of())),
        new AccessPolicy(names.everyKey(), "minio.json", reading.document("minio.json", Map.of())),
        tenants);
  }

  /** All of them; those that every server knows come first. */
  List<AccessPolicy> all() {
    List<AccessPolicy> all = new ArrayList<>();
    all.add(nodes);
    all.addAll(tenants);
    all.add(everyKey);
    return all;
  }

  /** Definitions on their way to documents. */
  private record Reading(Blueprint blueprint) {
    ObjectNode document(String name, Map<String, String> more) {
      String file = FOLDER + name;
      Map<String, String> values = new HashMap<>(Holes.of(blueprint));
      values.put("bucket.marker", Bucket.MARKER);
      values.putAll(more);
      return JsonDefinition.read(blueprint.definitions(), file, values);
    }
  }
}

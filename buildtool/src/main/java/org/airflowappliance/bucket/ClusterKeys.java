package org.airflowappliance.bucket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantKeys;
import org.airflowappliance.cluster.TenantRole;
import org.airflowappliance.plan.PolicyNames;
import org.airflowappliance.plan.TenantNames;

/**
 * All pairs of keys of a cluster.
 *
 * @param nodes of the secrets file
 * @param tenants of the tenants' file, complete
 */
public record ClusterKeys(StoreKeys nodes, TenantKeys tenants) {
  /** That nobody has another's key, least of all the administrator's; a line each. */
  public List<String> problems(Cluster cluster, StoreKeys administrator) {
    Map<String, String> known = new HashMap<>();
    known.put(administrator.id(), administrator.place());
    List<String> problems = new ArrayList<>();
    for (WantedUser user : users(cluster, "")) {
      String other = known.putIfAbsent(user.keys().id(), user.keys().place());
      if (other != null) {
        problems.add("%s: is the same key as %s; give each its own".formatted(user.keys(), other));
      }
    }
    return problems;
  }

  /** The users that are wanted, the nodes' first. */
  List<WantedUser> users(Cluster cluster, String everyKey) {
    List<WantedUser> users = new ArrayList<>();
    users.add(user(nodes, new PolicyNames(cluster.name()).nodes(), everyKey));
    for (Tenant tenant : cluster.tenants()) {
      for (TenantRole role : TenantRole.values()) {
        String id = role.accessKeyId(tenant.name());
        StoreKeys keys =
            new StoreKeys(
                tenants.file() + " " + id,
                tenants.values().get(id),
                tenants.values().get(role.secretAccessKey(tenant.name())));
        users.add(user(keys, TenantNames.of(cluster, tenant).policy(role), everyKey));
      }
    }
    return users;
  }

  private static WantedUser user(StoreKeys keys, String policy, String everyKey) {
    return new WantedUser(keys, Set.of(policy, everyKey), policy);
  }
}

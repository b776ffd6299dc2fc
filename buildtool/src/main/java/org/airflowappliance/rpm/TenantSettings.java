package org.airflowappliance.rpm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.plan.TenantNames;

/** What of a tenant the nodes need: the list {@code tenants} of settings.json. */
final class TenantSettings {
  private TenantSettings() {}

  static List<Map<String, Object>> of(Cluster cluster) {
    return cluster.tenants().stream()
        .map(tenant -> of(tenant, TenantNames.of(cluster, tenant)))
        .toList();
  }

  private static Map<String, Object> of(Tenant tenant, TenantNames names) {
    Map<String, String> roles = new TreeMap<>();
    tenant
        .roles()
        .forEach(
            (theirs, ours) ->
                roles.put(theirs, ours.equals("User") ? names.userRole() : names.viewerRole()));
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("name", tenant.name());
    keys.put("dagIds", names.dagIds());
    keys.put("dagPrefix", tenant.dagPrefix());
    keys.put("roles", roles);
    keys.put("userRole", names.userRole());
    keys.put("viewerRole", names.viewerRole());
    keys.put("pool", names.pool());
    keys.put("poolSlots", tenant.poolSlots());
    keys.put("maxActiveTasks", tenant.maxActiveTasks());
    keys.put("cpu", tenant.quota().cpu());
    keys.put("memory", tenant.quota().memory());
    keys.put("resources", tenant.quota().resources());
    keys.put(
        "images", Stream.concat(tenant.image().stream(), tenant.allowedImages().stream()).toList());
    return keys;
  }
}

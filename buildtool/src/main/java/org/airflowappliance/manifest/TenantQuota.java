package org.airflowappliance.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.airflowappliance.cluster.Tenant;

/** The {@code hard} limits of a tenant's ResourceQuota; JSON is YAML. */
final class TenantQuota {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TenantQuota() {}

  static String json(Tenant.Quota quota) {
    Map<String, String> hard = new LinkedHashMap<>();
    hard.put("pods", Integer.toString(quota.pods()));
    hard.put("requests.cpu", quota.cpu());
    hard.put("requests.memory", quota.memory());
    quota
        .resources()
        .forEach((name, number) -> hard.put("requests." + name, Integer.toString(number)));
    try {
      return JSON.writeValueAsString(hard);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("a map of texts is always JSON", problem);
    }
  }
}

package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * What a server knows of policies and users.
 *
 * @param policies documents by name
 * @param users by access key
 * @param fitting access keys of wanted users whose secret is the wanted one
 */
record LiveAccess(
    Map<String, JsonNode> policies, Map<String, LiveUser> users, Set<String> fitting) {
  LiveAccess {
    policies = Map.copyOf(policies);
    users = Map.copyOf(users);
    fitting = Set.copyOf(fitting);
  }
}

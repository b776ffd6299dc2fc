package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a realm the plan depends on, as the admin API says it; secrets are left out.
 *
 * @param clients by client id
 * @param roles of the client for people, by name; none when it does not exist
 * @param scopes ids of the realm's client scopes, by name
 */
record LiveRealm(
    Map<String, JsonNode> clients, Map<String, JsonNode> roles, Map<String, String> scopes) {
  private static final Set<String> SECRET = Set.of("secret", "registrationAccessToken");

  LiveRealm {
    clients = new LinkedHashMap<>(clients);
    roles = new LinkedHashMap<>(roles);
    scopes = Map.copyOf(scopes);
  }

  /**
   * Sorts the answers of the API.
   *
   * @param clients answer of {@code clients}
   * @param roles answer of {@code clients/ID/roles?briefRepresentation=false}
   * @param scopes answer of {@code client-scopes}
   */
  static LiveRealm of(JsonNode clients, JsonNode roles, JsonNode scopes) {
    Map<String, String> ids = new LinkedHashMap<>();
    byName(scopes, "name").forEach((name, scope) -> ids.put(name, scope.path("id").asText()));
    Map<String, JsonNode> all = byName(clients, "clientId");
    all.values().forEach(client -> ((ObjectNode) client).remove(SECRET));
    return new LiveRealm(all, byName(roles, "name"), ids);
  }

  private static Map<String, JsonNode> byName(JsonNode list, String key) {
    Map<String, JsonNode> named = new LinkedHashMap<>();
    list.forEach(each -> named.put(each.path(key).asText(), each));
    return named;
  }

  /** A client, if it exists. */
  Optional<JsonNode> client(String id) {
    return Optional.ofNullable(clients.get(id));
  }

  /** Ids of all clients with the cluster's mark. */
  List<String> clientsOf(String cluster) {
    return marked(clients, cluster);
  }

  /** Names of all roles with the cluster's mark. */
  List<String> rolesOf(String cluster) {
    return marked(roles, cluster);
  }

  private static List<String> marked(Map<String, JsonNode> all, String cluster) {
    List<String> marked = new ArrayList<>();
    all.forEach(
        (name, each) -> {
          if (owner(each).equals(Optional.of(cluster))) {
            marked.add(name);
          }
        });
    return marked;
  }

  /** The cluster whose mark a client or a role carries; a role's attributes are lists. */
  static Optional<String> owner(JsonNode part) {
    JsonNode mark = part.path("attributes").path(RealmFragment.MARK);
    return Optional.of(mark.isArray() ? mark.path(0) : mark)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }
}

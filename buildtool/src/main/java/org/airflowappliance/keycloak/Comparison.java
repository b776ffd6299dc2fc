package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a live object differs from a wanted one; what the wanted one does not name is no difference.
 *
 * @param differences such as {@code redirectUris: ["a"] -> ["b"]}
 * @param merged the live object with the wanted one's values
 */
record Comparison(List<String> differences, ObjectNode merged) {

  static Comparison of(ObjectNode wanted, JsonNode live) {
    List<String> differences = new ArrayList<>();
    return new Comparison(differences, merged("", wanted, live, differences));
  }

  boolean same() {
    return differences.isEmpty();
  }

  private static ObjectNode merged(
      String block, ObjectNode wanted, JsonNode live, List<String> differences) {
    ObjectNode merged = live instanceof ObjectNode object ? object.deepCopy() : wanted.objectNode();
    for (var field : wanted.properties()) {
      String name = block.isEmpty() ? field.getKey() : block + " " + field.getKey();
      JsonNode there = live.path(field.getKey());
      if (field.getValue() instanceof ObjectNode inner) {
        merged.set(field.getKey(), merged(name, inner, there, differences));
      } else if (!equal(field.getValue(), there)) {
        differences.add("%s: %s -> %s".formatted(name, shown(there), field.getValue()));
        merged.set(field.getKey(), field.getValue());
      }
    }
    return merged;
  }

  /** Keycloak gives lists in any order. */
  private static boolean equal(JsonNode wanted, JsonNode there) {
    if (wanted instanceof ArrayNode list) {
      return there.isArray() ? members(list).equals(members(there)) : list.isEmpty();
    }
    return wanted.equals(there);
  }

  private static Set<JsonNode> members(JsonNode list) {
    Set<JsonNode> members = new HashSet<>();
    list.forEach(members::add);
    return members;
  }

  private static String shown(JsonNode there) {
    return there.isMissingNode() || there.isNull() ? "none" : there.toString();
  }
}

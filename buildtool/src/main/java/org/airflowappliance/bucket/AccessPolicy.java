package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.plan.JsonDefinition;

/**
 * What one kind of keys may do, in the words of S3's policies.
 *
 * @param name at the server
 * @param file its name in the release's folder {@code s3}
 * @param policy the document
 */
public record AccessPolicy(String name, String file, ObjectNode policy) {
  /** The document's text. */
  public String json() {
    return JsonDefinition.text(policy);
  }

  /** Whether another document says the same; servers give theirs back in an order of their own. */
  boolean isSame(JsonNode other) {
    return plain(policy).equals(plain(other));
  }

  /** Lists as sets, a single value as a list of one, flags as texts; the identifiers are names. */
  private static Object plain(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> fields = new TreeMap<>();
      node.properties().stream()
          .filter(each -> !Set.of("Sid", "Id", "ID").contains(each.getKey()))
          .forEach(each -> fields.put(each.getKey(), plain(each.getValue())));
      return fields;
    }
    Set<String> values = new TreeSet<>();
    if (node.isArray()) {
      node.forEach(each -> values.add(each.isValueNode() ? each.asText() : plain(each).toString()));
    } else {
      values.add(node.asText());
    }
    return values;
  }
}

package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * A YAML document as a JSON tree that still knows where each value stood.
 *
 * @param root the tree
 * @param values place of each value by JSON pointer
 * @param keys place of each key by JSON pointer of its value
 * @param sources text of each scalar as it was written, by JSON pointer
 * @param bad JSON pointers of the scalars that have a problem already
 */
record Document(
    JsonNode root,
    Map<String, Place> values,
    Map<String, Place> keys,
    Map<String, String> sources,
    Set<String> bad) {

  /** Place of the value, or of the nearest value around it (what an alias stands for has none). */
  Place place(String pointer) {
    String nearest = pointer;
    while (!values.containsKey(nearest)) {
      nearest = nearest.substring(0, nearest.lastIndexOf('/'));
    }
    return values.get(nearest);
  }

  Place keyPlace(String pointer) {
    return keys.containsKey(pointer) ? keys.get(pointer) : place(pointer);
  }

  /** The scalar as it was written, such as 1.30 for a number that JSON would call 1.3. */
  String source(String pointer) {
    String source = sources.get(pointer);
    return source == null ? root.at(pointer).asText() : source;
  }

  /** The position that a JSON pointer names. */
  Spot spot(String pointer) {
    Spot spot = Spot.ROOT;
    JsonNode node = root;
    for (String step : pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
      String key = step.replace("~1", "/").replace("~0", "~");
      spot = node.isArray() ? spot.item(Integer.parseInt(step)) : spot.child(key);
      node = node.isArray() ? node.path(Integer.parseInt(step)) : node.path(key);
    }
    return spot;
  }
}

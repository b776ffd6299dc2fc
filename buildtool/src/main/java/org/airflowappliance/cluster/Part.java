package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A value of the document as the checks see it: present only when the schema found nothing wrong
 * with it, so that one mistake gives one message.
 *
 * @param spot where it stands
 * @param node its value; a missing node when there is none
 * @param document the file
 * @param bad JSON pointers of the values that have a problem already
 * @param problems takes new ones
 */
record Part(Spot spot, JsonNode node, Document document, Set<String> bad, Problems problems) {

  Part child(String key) {
    return new Part(spot.child(key), node.path(key), document, bad, problems);
  }

  /** The items of a list; none when it is not a list. */
  List<Part> items() {
    return IntStream.range(0, node.isArray() ? node.size() : 0)
        .mapToObj(i -> new Part(spot.item(i), node.get(i), document, bad, problems))
        .toList();
  }

  /** The keys of a block with their values, in the file's order; none when it is not a block. */
  Map<String, Part> fields() {
    Map<String, Part> fields = new LinkedHashMap<>();
    node.fieldNames().forEachRemaining(name -> fields.put(name, child(name)));
    return fields;
  }

  /** The text of a good scalar; numbers and booleans in plain notation. */
  Optional<String> text() {
    if (!node.isValueNode() || node.isNull() || bad.contains(spot.pointer())) {
      return Optional.empty();
    }
    return Optional.of(node.isBigDecimal() ? node.decimalValue().toPlainString() : node.asText());
  }

  Optional<String> text(String key) {
    return child(key).text();
  }

  boolean present() {
    return !node.isMissingNode();
  }

  /** Notes a problem at the value. */
  void problem(String message) {
    bad.add(spot.pointer());
    problems.add(document.place(spot.pointer()), spot.shown(), message);
  }

  /** Notes a problem at the key before the value. */
  void keyProblem(String message) {
    bad.add(spot.pointer());
    problems.add(document.keyPlace(spot.pointer()), spot.shown(), message);
  }

  int line() {
    return document.place(spot.pointer()).line();
  }
}

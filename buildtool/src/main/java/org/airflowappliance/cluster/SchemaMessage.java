package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says what the schema validator found in the operator's words, with line and column. */
final class SchemaMessage {
  private final JsonNode schema;
  private final Document document;
  private final Problems problems;

  SchemaMessage(JsonNode schema, Document document, Problems problems) {
    this.schema = schema;
    this.document = document;
    this.problems = problems;
  }

  /** Notes one violation; returns the JSON pointer of the value that is bad by it. */
  String note(ValidationMessage violation) {
    String rule = violation.getSchemaLocation().getFragment().toString();
    JsonNode around = schema.at(rule.substring(0, rule.lastIndexOf('/')));
    Spot spot = document.spot(violation.getInstanceLocation().toString());
    int names = rule.indexOf("/propertyNames");
    if (names >= 0) {
      return key(violation.getProperty(), spot, schema.at(rule.substring(0, names)));
    }
    return switch (violation.getType()) {
      case "additionalProperties" -> unknownKey(spot, violation.getProperty(), around);
      case "required" -> missingKey(spot, violation.getProperty(), around);
      case "uniqueItems" -> twice(spot);
      default -> value(spot, message(violation, around, spot));
    };
  }

  private String message(ValidationMessage violation, JsonNode around, Spot spot) {
    JsonNode found = document.root().at(spot.pointer());
    String quoted = Problems.quote(document.source(spot.pointer()));
    return switch (violation.getType()) {
      case "type" -> WrongType.message(found, document.source(spot.pointer()), around.get("type"));
      case "pattern" -> quoted + " " + around.get("x-problem").asText();
      case "const" ->
          "%s stands where %s is expected; write that"
              .formatted(quoted, Problems.quote(around.get("const").asText()));
      case "enum" -> oneOf(found, quoted, around.get("enum"));
      case "minimum", "maximum" ->
          "%s is not from %s to %s; choose a number in between"
              .formatted(quoted, around.get("minimum").asText(), around.get("maximum").asText());
      case "minItems", "minLength", "minProperties" -> "is empty; give at least one value";
      default -> throw new IllegalStateException("no words for " + violation);
    };
  }

  private static String oneOf(JsonNode found, String quoted, JsonNode choices) {
    List<String> known = new ArrayList<>();
    choices.forEach(choice -> known.add(choice.asText()));
    String what = found.isValueNode() ? quoted : WrongType.name(found);
    return Nearest.to(found.asText(), known)
        .map(near -> "%s is none of %s; did you mean '%s'?".formatted(what, list(known), near))
        .orElse("%s is none of %s; choose one of them".formatted(what, list(known)));
  }

  private String unknownKey(Spot block, String key, JsonNode around) {
    Spot spot = block.child(key);
    List<String> known = keys(around);
    Optional<String> near = Nearest.to(key, known);
    String here = block.shown().isEmpty() ? "cluster.yaml" : block.shown();
    String message = "%s knows no such key; ".formatted(here);
    if (near.isPresent()) {
      message += "did you mean '%s'?".formatted(near.get());
    } else if (UnwantedSecret.looksSecret(key)) {
      message = UnwantedSecret.message(block.shown(), key);
    } else {
      message += "its keys are %s".formatted(list(known));
    }
    problems.add(document.keyPlace(spot.pointer()), spot.shown(), message);
    return spot.pointer();
  }

  private String missingKey(Spot block, String key, JsonNode around) {
    if (misspelt(block, key, around)) {
      return block.child(key).pointer();
    }
    String meaning = around.path("properties").path(key).path("description").asText();
    problems.add(
        document.keyPlace(block.pointer()),
        block.shown(),
        "the key '%s' is missing; add it: %s".formatted(key, meaning));
    return block.child(key).pointer();
  }

  /** Whether an unknown key of the block is taken for this one, so that one message is enough. */
  private boolean misspelt(Spot block, String key, JsonNode around) {
    List<String> unknown = new ArrayList<>();
    document.root().at(block.pointer()).fieldNames().forEachRemaining(unknown::add);
    unknown.removeIf(name -> around.path("properties").has(name));
    return unknown.stream()
        .anyMatch(name -> Nearest.to(name, keys(around)).equals(Optional.of(key)));
  }

  private static List<String> keys(JsonNode around) {
    List<String> keys = new ArrayList<>();
    around.path("properties").fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private String twice(Spot list) {
    Set<JsonNode> seen = new HashSet<>();
    JsonNode items = document.root().at(list.pointer());
    for (int i = 0; i < items.size(); i++) {
      if (!seen.add(items.get(i))) {
        Spot item = list.item(i);
        String quoted = Problems.quote(document.source(item.pointer()));
        value(item, quoted + " stands twice in this list; remove one");
      }
    }
    return list.pointer();
  }

  /** The validator names the block around a bad key, not the key. */
  private String key(String key, Spot block, JsonNode around) {
    Spot spot = block.child(key);
    String problem = around.at("/propertyNames/x-problem").asText();
    problems.add(
        document.keyPlace(spot.pointer()), spot.shown(), Problems.quote(key) + " " + problem);
    return spot.pointer();
  }

  private String value(Spot spot, String message) {
    if (document.bad().contains(spot.pointer())) {
      return spot.pointer();
    }
    problems.add(document.place(spot.pointer()), spot.shown(), message);
    return spot.pointer();
  }

  static String list(List<String> words) {
    return String.join(", ", words);
  }
}

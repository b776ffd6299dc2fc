package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;

/** Says that a value is of another kind than expected, and how to write it. */
final class WrongType {
  private WrongType() {}

  static String message(JsonNode found, String source, JsonNode expected) {
    String wanted = expected.isArray() ? "text or number" : expected.asText();
    return "%s stands where %s is expected; %s"
        .formatted(described(found, source), name(wanted), cure(found, source, wanted));
  }

  private static String described(JsonNode found, String source) {
    return found.isValueNode() && !found.isNull()
        ? name(found) + " " + Problems.quote(source)
        : name(found);
  }

  static String name(JsonNode found) {
    if (found.isNumber()) {
      return "the number";
    }
    return switch (found.getNodeType()) {
      case STRING -> "the text";
      case BOOLEAN -> "the boolean";
      case OBJECT -> "a block of keys";
      case ARRAY -> "a list";
      default -> "nothing";
    };
  }

  private static String name(String type) {
    return switch (type) {
      case "string" -> "text";
      case "integer" -> "a whole number";
      case "boolean" -> "true or false";
      case "object" -> "a block of keys";
      case "array" -> "a list";
      default -> "text or a number";
    };
  }

  private static String cure(JsonNode found, String source, String wanted) {
    if (found.isNull()) {
      return "give a value";
    }
    return switch (wanted) {
      case "string" ->
          found.isValueNode() ? "put it in quotes: \"" + source + "\"" : "write one value";
      case "integer", "boolean" ->
          found.isTextual() && source.matches("[0-9]+|true|false")
              ? "write it without quotes: " + source
              : "write " + (wanted.equals("integer") ? "digits only" : "true or false");
      case "object" -> "write `key: value` lines below it";
      case "array" -> "write one `- value` line for each, or [value, value]";
      default -> "write one value";
    };
  }
}

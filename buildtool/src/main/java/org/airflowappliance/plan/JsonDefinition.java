package org.airflowappliance.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.airflowappliance.template.IllegalDefinition;
import org.airflowappliance.template.Template;

/** Definitions that are JSON objects with holes, and how such objects stand in a release. */
public final class JsonDefinition {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonDefinition() {}

  /**
   * A definition with its holes filled.
   *
   * @param file its path
   * @throws IllegalDefinition when it is no JSON object
   */
  public static ObjectNode read(Definitions definitions, String file, Map<String, String> values) {
    String text = new Template(file, definitions.text(file)).fill(values);
    try {
      JsonNode read = JSON.readTree(text);
      if (read instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalDefinition(file + ": is not a JSON object; write { … }");
    } catch (JsonProcessingException broken) {
      throw new IllegalDefinition(
          "%s:%d:%d: is not JSON (%s); correct it"
              .formatted(
                  file,
                  broken.getLocation().getLineNr(),
                  broken.getLocation().getColumnNr(),
                  broken.getOriginalMessage()));
    }
  }

  /** The text of an object, the same on every system. */
  public static String text(JsonNode object) {
    try {
      return JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsString(object)
              .replace(System.lineSeparator(), "\n")
          + "\n";
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("a tree of JSON is always JSON", problem);
    }
  }
}

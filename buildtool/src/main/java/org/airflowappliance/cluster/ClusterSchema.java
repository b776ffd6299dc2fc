package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.HashSet;
import java.util.Set;

/** The JSON Schema of cluster.yaml: the one that is printed and the one that is checked with. */
final class ClusterSchema {
  private final JsonNode schema;

  ClusterSchema(String text) {
    // JSON is YAML, so the reader that is loaded anyway reads the schema too
    this.schema = YamlReader.read(text, new Problems("cluster.schema.json")).root();
  }

  /** Notes all violations and returns the JSON pointers that have one. */
  Set<String> check(Document document, Problems problems) {
    SchemaMessage translation = new SchemaMessage(schema, document, problems);
    Set<String> bad = new HashSet<>(document.bad());
    for (ValidationMessage violation : validator().validate(document.root())) {
      bad.add(translation.note(violation));
    }
    return bad;
  }

  /** Puts the schema's defaults where the operator left a key out. */
  void fillDefaults(JsonNode root) {
    fill(schema, root);
  }

  private void fill(JsonNode said, JsonNode node) {
    JsonNode rule = said.has("$ref") ? schema.at(said.get("$ref").asText().substring(1)) : said;
    if (node instanceof ObjectNode block) {
      rule.path("properties")
          .properties()
          .forEach(
              property -> {
                JsonNode value = property.getValue().path("default");
                if (!block.has(property.getKey()) && !value.isMissingNode()) {
                  block.set(property.getKey(), value.deepCopy());
                }
                fill(property.getValue(), block.path(property.getKey()));
              });
    }
    if (node.isArray()) {
      node.forEach(item -> fill(rule.path("items"), item));
    }
  }

  private JsonSchema validator() {
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder().pathType(PathType.JSON_POINTER).build();
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema, config);
  }
}

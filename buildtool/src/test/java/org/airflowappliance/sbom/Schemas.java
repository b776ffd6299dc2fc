package org.airflowappliance.sbom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;

/** The official schemas of both formats. */
final class Schemas {
  private static final String SPDX = "/resources/spdx-schema-v2.3.json";

  private Schemas() {}

  /** Fails when a document is not valid. */
  static void check(String path, String document) throws IOException {
    if (path.endsWith(".cdx.json")) {
      assertThat(
              new JsonParser()
                  .validate(document.getBytes(StandardCharsets.UTF_8), Version.VERSION_16))
          .as(path)
          .isEmpty();
    } else {
      assertThat(spdx().validate(new ObjectMapper().readTree(document))).as(path).isEmpty();
    }
  }

  private static JsonSchema spdx() throws IOException {
    try (InputStream schema = Schemas.class.getResourceAsStream(SPDX)) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
          .getSchema(new ObjectMapper().readTree(schema));
    }
  }
}

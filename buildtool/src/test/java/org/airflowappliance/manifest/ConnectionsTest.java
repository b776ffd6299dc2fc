package org.airflowappliance.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases beside the nodes' own tests: both make the same addresses. */
class ConnectionsTest {
  private static final Path CASES = Path.of("../rpm/airflow/tests/node/connections.json");

  static Iterable<JsonNode> cases() throws IOException {
    return new ObjectMapper().readTree(CASES.toFile()).get("cases");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areTheNodes(JsonNode example) {
    JsonNode database = example.get("database");
    JsonNode secrets = example.get("secrets");
    assertThat(
            Connections.database(
                new Cluster.Database(
                    database.get("host").asText(),
                    database.get("port").asInt(),
                    database.get("name").asText(),
                    database.get("user").asText(),
                    database.get("sslmode").asText(),
                    Optional.empty(),
                    List.of()),
                secrets.get("DATABASE_PASSWORD").asText(),
                Optional.ofNullable(example.get("ca").textValue())))
        .isEqualTo(example.get("metadata").asText());

    JsonNode store = example.get("store");
    assertThat(
            Connections.logs(
                new Cluster.ObjectStore(
                    URI.create(store.get("endpoint").asText()),
                    store.get("region").asText(),
                    "bucket",
                    "dags",
                    "logs",
                    store.get("pathStyle").asBoolean(),
                    List.of()),
                secrets.get("S3_ACCESS_KEY_ID").asText(),
                secrets.get("S3_SECRET_ACCESS_KEY").asText()))
        .isEqualTo(example.get("logs").asText());
  }
}

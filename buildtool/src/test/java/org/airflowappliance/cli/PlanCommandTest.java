package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlanCommandTest {
  @Test
  void textNamesKindPathAndInputs() {
    Ran ran = Ran.run("plan");

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines())
        .contains(
            "rpm        rpm/airflow-cluster-homelab-1-1.el8.noarch.rpm",
            "             <- rpm/airflow-cluster-homelab-1-1.el8.noarch.rpm",
            "index      release.json")
        .allMatch(line -> line.matches("[a-z-]+ +\\S+| {13}<- \\S+"));
  }

  @Test
  void jsonHasTheSameInBuildOrder() throws IOException {
    Ran ran = Ran.run("plan", "--output", "json");

    assertThat(ran.code()).isZero();
    Set<String> planned = new TreeSet<>();
    StringBuilder text = new StringBuilder();
    for (JsonNode artifact : new ObjectMapper().readTree(ran.out())) {
      assertThat(artifact.path("recipe").asText()).matches("[0-9a-f]{64}");
      text.append(
          "%-10s %s%n".formatted(artifact.path("kind").asText(), artifact.path("path").asText()));
      for (JsonNode input : artifact.path("inputs")) {
        assertThat(planned).contains(input.asText());
        text.append("             <- %s%n".formatted(input.asText()));
      }
      planned.add(artifact.path("path").asText());
    }
    assertThat(text).hasToString(Ran.run("plan").out());
  }
}

package org.airflowappliance.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static ObjectNode json(String text) throws JsonProcessingException {
    return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  private static Comparison of(String wanted, String live) throws JsonProcessingException {
    return Comparison.of(json(wanted), json(live));
  }

  @Test
  void whatIsNotNamedIsNoDifferenceAndStays() throws JsonProcessingException {
    Comparison found =
        of(
            "{'enabled': true, 'attributes': {'a': '1'}}",
            "{'enabled': false, 'notBefore': 7, 'attributes': {'a': '1', 'theirs': 'x'}}");

    assertThat(found.differences()).containsExactly("enabled: false -> true");
    assertThat(found.merged())
        .isEqualTo(
            json("{'enabled': true, 'notBefore': 7, 'attributes': {'a': '1', 'theirs': 'x'}}"));
  }

  @Test
  void listsAreSets() throws JsonProcessingException {
    assertThat(of("{'uris': ['a', 'b']}", "{'uris': ['b', 'a']}").same()).isTrue();
    assertThat(of("{'uris': ['a']}", "{'uris': ['a', 'b']}").differences())
        .containsExactly("uris: [\"a\",\"b\"] -> [\"a\"]");
    assertThat(of("{'uris': []}", "{}").same()).isTrue();
  }

  @Test
  void aBlockIsComparedKeyByKey() throws JsonProcessingException {
    Comparison found = of("{'attributes': {'a.b': '1', 'c': '2'}}", "{'attributes': {'c': '3'}}");

    assertThat(found.differences())
        .containsExactly("attributes a.b: none -> \"1\"", "attributes c: \"3\" -> \"2\"");
    assertThat(of("{'attributes': {'a': '1'}}", "{}").differences())
        .containsExactly("attributes a: none -> \"1\"");
  }
}

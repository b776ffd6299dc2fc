package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers give a policy back in their own words. */
class AccessPolicyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OURS =
      """
      {"Version": "1", "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["a/*"],
         "Condition": {"Null": {"s3:prefix": ["false"]}}},
        {"Sid": "B", "Effect": "Deny", "Action": ["admin:*"]}]}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          "Version"                     | "Version"                      | true
          ["s3:GetObject", "s3:PutObject"] | ["s3:PutObject", "s3:GetObject"] | true
          ["a/*"]                       | "a/*"                          | true
          ["false"]                     | false                          | true
          "Sid": "B"                    | "Sid": ""                      | true
          ["false"]                     | true                           | false
          ["a/*"]                       | ["a/*", "b/*"]                 | false
          "Deny"                        | "Allow"                        | false
          , "s3:PutObject"              | ~~                             | false
          "Sid": "B",                   | "Sid": "B", "Condition": {},   | false
          """)
  void differencesThatMeanNothingAreNone(String ours, String theirs, boolean same)
      throws JsonProcessingException {
    AccessPolicy policy = new AccessPolicy("p", "p.json", (ObjectNode) JSON.readTree(OURS));

    assertThat(OURS).contains(ours);
    assertThat(policy.isSame(JSON.readTree(OURS.replace(ours, theirs)))).isEqualTo(same);
  }
}

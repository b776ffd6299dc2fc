package org.airflowappliance.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class SsoLimitsTest {
  private static JsonNode realm(int idle, int max) throws IOException {
    return new ObjectMapper()
        .readTree(
            "{\"ssoSessionIdleTimeout\": %d, \"ssoSessionMaxLifespan\": %d}".formatted(idle, max));
  }

  @Test
  void keycloaksOwnLimitsAreShorterThanADay() throws IOException {
    assertThat(SsoLimits.of("http://k.test/realms/r", realm(1800, 36000), 480))
        .singleElement()
        .asString()
        .startsWith(
            "http://k.test/realms/r: SSO Session Idle is 30 min and oidc.sessionMinutes 480: when")
        .contains("set it to 480 or more (Realm settings, Sessions)");
    assertThat(SsoLimits.of("r", realm(1800, 36000), 601)).hasSize(2);
  }

  @Test
  void whatIsAsLongIsWell() throws IOException {
    assertThat(SsoLimits.of("r", realm(28800, 28800), 480)).isEmpty();
    assertThat(SsoLimits.of("r", new ObjectMapper().readTree("{}"), 480)).isEmpty();
  }
}

package org.airflowappliance.keycloak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

class RealmAddressTest {
  @Test
  void aServerMayHaveAPath() {
    RealmAddress address =
        RealmAddress.of("--url", URI.create("https://sso.example:8443/auth/realms/airflow"));

    assertThat(address.admin("clients"))
        .hasToString("https://sso.example:8443/auth/admin/realms/airflow/clients");
    assertThat(address.admin("")).hasToString("https://sso.example:8443/auth/admin/realms/airflow");
    assertThat(address.tokens("master"))
        .hasToString("https://sso.example:8443/auth/realms/master/protocol/openid-connect/token");
  }

  @Test
  void anotherProvidersAddressIsRefused() {
    assertThatThrownBy(() -> RealmAddress.of("oidc.serverUrl", URI.create("https://sso.example")))
        .isInstanceOf(KeycloakProblem.class)
        .hasMessage(
            "oidc.serverUrl: 'https://sso.example' is not the address of a realm of Keycloak; write SERVER/realms/REALM, such as https://sso.example/realms/airflow");
  }
}

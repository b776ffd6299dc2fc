package org.airflowappliance.it.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.airflowappliance.cluster.SecretsFile;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The site's Keycloak signs a person in for Airflow and says in the ID token what the role is. */
@Order(1)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
class KeycloakIT {
  @Test
  void everyUserHasTheRoleInTheToken(Cluster cluster) throws IOException {
    Keycloak keycloak = cluster.keycloak();
    SignIn signIn =
        new SignIn(
            keycloak.issuer(),
            cluster.balancer().url() + "/oauth-authorized/keycloak",
            SecretsFile.read(cluster.installation().desk().resolve("secrets.env"))
                .values()
                .get("OIDC_CLIENT_SECRET"),
            cluster.ca().trust());
    for (Map.Entry<String, String> each : Keycloak.ROLES.entrySet()) {
      assertThat(signIn.claims(each.getKey(), keycloak.password()))
          .contains(
              "\"iss\":\"" + keycloak.issuer() + "\"",
              "\"aud\":\"airflow\"",
              "\"resource_access\":{\"airflow\":{\"roles\":[\"" + each.getValue() + "\"]}}",
              "\"preferred_username\":\"" + each.getKey() + "\"");
    }
    assertThat(signIn.claims("nora", keycloak.password())).doesNotContain("resource_access");
    assertThatThrownBy(() -> signIn.claims("ada", "wrong")).hasMessageContaining("no redirect");
  }
}

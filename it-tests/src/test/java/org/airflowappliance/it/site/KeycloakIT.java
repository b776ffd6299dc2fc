package org.airflowappliance.it.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The site's Keycloak signs a person in for Airflow and says in the ID token what the role is. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("cluster")
class KeycloakIT {
  private static final String AIRFLOW = "http://airflow.test:8080";
  private static final String SECRET = "s3cret/+=";

  @Test
  void everyUserHasTheRoleInTheToken() throws IOException, InterruptedException {
    try (SiteNetwork network = SiteNetwork.make();
        Keycloak keycloak =
            new Keycloak(network, network.address(Site.KEYCLOAK), AIRFLOW, SECRET)) {
      SignIn signIn = new SignIn(keycloak.issuer(), AIRFLOW + "/oauth-authorized/keycloak", SECRET);
      for (Map.Entry<String, String> each :
          Map.of(
                  "ada", "airflow_admin",
                  "otto", "airflow_op",
                  "ursula", "airflow_user",
                  "vera", "airflow_viewer",
                  "paul", "airflow_public")
              .entrySet()) {
        assertThat(signIn.claims(each.getKey(), keycloak.password()))
            .contains(
                "\"iss\":\"" + keycloak.issuer() + "\"",
                "\"aud\":\"airflow\"",
                "\"resource_access\":{\"airflow\":{\"roles\":[\"" + each.getValue() + "\"]}}",
                "\"preferred_username\":\"" + each.getKey() + "\"");
      }
      assertThat(signIn.claims("nora", keycloak.password())).doesNotContain("resource_access");
      assertThatThrownBy(() -> signIn.claims("ada", "wrong")).isInstanceOf(IOException.class);
      assertThat(keycloak.admin().realm("site").users().count()).isEqualTo(6);
    }
  }
}

package org.airflowappliance.keycloak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.airflowappliance.keycloak.Planning.Consent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plans from a realm as Keycloak 26 gives it, in which all is as the example asks for. */
class PlanningTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Consent NOTHING = new Consent(false, false);
  private static final Consent ADOPT = new Consent(true, false);
  private static final Consent PRUNE = new Consent(false, true);

  private ArrayNode clients;
  private ArrayNode roles;
  private ArrayNode scopes;
  private RealmFragment wanted = Fragments.example();

  @BeforeEach
  void recorded() throws IOException {
    clients = read("clients.json");
    roles = read("roles.json");
    scopes = read("client-scopes.json");
  }

  private static ArrayNode read(String name) throws IOException {
    try (InputStream in = PlanningTest.class.getResourceAsStream(name)) {
      return (ArrayNode) JSON.readTree(in);
    }
  }

  private RealmPlan plan(Consent consent) {
    LiveRealm live = LiveRealm.of(clients.deepCopy(), roles.deepCopy(), scopes.deepCopy());
    return Planning.of("http://sso/realms/r", wanted, live, consent);
  }

  private List<Request> requests(Consent consent) {
    return plan(consent).changes().stream().flatMap(each -> each.requests().stream()).toList();
  }

  private ObjectNode airflow() {
    return (ObjectNode) clients.get(0);
  }

  private static ObjectNode attributes(JsonNode of) {
    return (ObjectNode) of.get("attributes");
  }

  @Test
  void aRealmThatIsAsItShouldBeStaysSo() {
    for (Consent consent : List.of(NOTHING, ADOPT, PRUNE)) {
      assertThat(plan(consent).lines()).containsExactly("= nothing to change");
      assertThat(plan(consent).made()).isZero();
    }
  }

  @Test
  void anEmptyRealmGetsAll() {
    clients.removeAll();
    roles.removeAll();
    wanted = Fragments.machines("{ci: User}");

    assertThat(plan(NOTHING).lines())
        .containsExactly(
            "+ client airflow",
            "+ client ci",
            "+ role airflow_admin",
            "+ role airflow_op",
            "+ role airflow_user",
            "+ role airflow_viewer",
            "+ role airflow_public");
    assertThat(requests(NOTHING).get(0)).isEqualTo(Request.post("", "clients", wanted.client()));
    assertThat(requests(NOTHING).get(2))
        .isEqualTo(Request.post("airflow", "roles", wanted.roles().get(0)));
  }

  @Test
  void whatWasChangedByHandIsSetRight() {
    airflow().put("directAccessGrantsEnabled", true);
    airflow().putArray("redirectUris").add("*");
    attributes(airflow()).put("pkce.code.challenge.method", "plain");
    ((ObjectNode) airflow().get("protocolMappers").get(1).get("config")).put("claim.name", "roles");
    ((ObjectNode) roles.get(0)).put("description", "by hand");

    assertThat(plan(NOTHING).lines())
        .containsExactly(
            "~ client airflow: directAccessGrantsEnabled: true -> false",
            "~ client airflow: redirectUris: [\"*\"] -> [\"http://192.168.11.31:8080/oauth-authorized/keycloak\"]",
            "~ client airflow: attributes pkce.code.challenge.method: \"plain\" -> \"S256\"",
            "~ client airflow: mapper 'roles of airflow': config claim.name: \"roles\" -> \"resource_access.airflow.roles\"",
            "~ role airflow_admin: description: \"by hand\" -> \"Admin in Airflow homelab\"");
    assertThat(requests(NOTHING))
        .extracting(each -> each.method() + " " + each.path())
        .containsExactly(
            "PUT ",
            "PUT protocol-mappers/models/8d1c1c60-0000-4000-8000-000000000002",
            "PUT roles/airflow_admin");
  }

  @Test
  void whatTheFragmentDoesNotNameIsSentBackAsItWas() {
    airflow().put("enabled", false);
    attributes(airflow()).put("theirs", "x");

    JsonNode sent = requests(NOTHING).get(0).body();

    assertThat(sent.at("/attributes/theirs").asText()).isEqualTo("x");
    assertThat(sent.path("notBefore").asInt(-1)).isZero();
    assertThat(sent.path("enabled").asBoolean()).isTrue();
    assertThat(sent.has("protocolMappers")).isFalse();
    assertThat(sent.toString()).doesNotContain("a-secret-of-keycloak");
  }

  @Test
  void aMissingMapperAndAMissingScopeAreAdded() {
    ((ArrayNode) airflow().get("protocolMappers")).remove(1);
    airflow().putArray("defaultClientScopes").add("email").add("acr");
    airflow().putArray("optionalClientScopes").add("profile");

    assertThat(plan(NOTHING).lines())
        .containsExactly(
            "~ client airflow: scope basic: none -> default",
            "~ client airflow: scope profile: optional -> default",
            "+ client airflow: mapper 'roles of airflow'");
    assertThat(requests(NOTHING))
        .extracting(each -> each.method() + " " + each.path())
        .containsExactly(
            "PUT default-client-scopes/33333333-0000-4000-8000-000000000000",
            "DELETE optional-client-scopes/33333333-0000-4000-8000-000000000001",
            "PUT default-client-scopes/33333333-0000-4000-8000-000000000001",
            "POST protocol-mappers/models");
  }

  @Test
  void allForeignClientsAreNamedAtOnce() {
    wanted = Fragments.machines("{grafana: Viewer, ci: User}");
    attributes(airflow()).put("appliance.cluster", "other");

    assertThatThrownBy(() -> plan(PRUNE))
        .isInstanceOf(KeycloakProblem.class)
        .hasMessage(
            String.join(
                System.lineSeparator(),
                "http://sso/realms/r: client 'airflow' belongs to the cluster 'other', not to 'homelab'; choose another id in cluster.yaml, or take it over with --adopt",
                "http://sso/realms/r: client 'grafana' exists and was not made for the cluster 'homelab'; choose another id in cluster.yaml, or take it over with --adopt"));
  }

  @Test
  void anAdoptedClientAndItsRolesGetTheMark() {
    attributes(airflow()).remove("appliance.cluster");
    attributes(roles.get(1)).remove("appliance.cluster");

    assertThat(plan(ADOPT).lines())
        .containsExactly(
            "~ client airflow: attributes appliance.cluster: none -> \"homelab\"",
            "~ role airflow_op: attributes appliance.cluster: none -> [\"homelab\"]");
  }

  @Test
  void aRoleThatSomebodyElseMadeIsUsedAsItIs() {
    attributes(roles.get(1)).remove("appliance.cluster");
    ((ObjectNode) roles.get(1)).put("description", "theirs");

    assertThat(plan(PRUNE).lines()).containsExactly("= nothing to change");
  }

  @Test
  void whatIsNoLongerWantedIsToldAndRemovedOnlyWhenAskedFor() {
    ObjectNode old = airflow().deepCopy().put("clientId", "old-ci").put("id", "9");
    clients.add(old);
    roles.add(((ObjectNode) roles.get(0).deepCopy()).put("name", "airflow_old"));

    assertThat(plan(NOTHING).lines())
        .containsExactly(
            "- client old-ci: no longer in cluster.yaml; --prune removes it",
            "- role airflow_old: no longer in cluster.yaml; --prune removes it",
            "= nothing to change");
    assertThat(requests(NOTHING)).isEmpty();
    assertThat(plan(PRUNE).lines())
        .containsExactly(
            "- client old-ci: no longer in cluster.yaml",
            "- role airflow_old: no longer in cluster.yaml");
    assertThat(requests(PRUNE))
        .containsExactly(
            Request.delete("old-ci", ""), Request.delete("airflow", "roles/airflow_old"));
  }

  @Test
  void aRealmWithoutTheScopesIsRefused() {
    scopes.remove(0);

    assertThatThrownBy(() -> plan(NOTHING))
        .hasMessageStartingWith(
            "http://sso/realms/r: there is no client scope 'basic', which Airflow's clients need;");
  }
}

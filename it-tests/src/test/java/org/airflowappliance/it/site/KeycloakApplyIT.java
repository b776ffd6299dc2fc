package org.airflowappliance.it.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.airflowappliance.cluster.SecretsFile;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** {@code appliance keycloak apply} at the real Keycloak, each time in a realm of its own. */
@Order(2)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
class KeycloakApplyIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOTHING = "= nothing to change\n";
  private static final String CI =
      "{\"iss\":\"%s\",\"aud\":\"airflow\",\"typ\":\"Bearer\",\"azp\":\"ci\",\"client_id\":\"ci\"}";

  @TempDir Path folder;

  @Test
  void anEmptyRealmGetsAllAndStaysSo(Cluster cluster) throws IOException {
    try (OwnRealm realm = new OwnRealm(cluster, "empty", folder)) {
      Path secrets = folder.resolve("secrets.env");
      Appliance.run("secrets", "new", secrets.toString());

      assertThat(realm.apply("--dry-run").out())
          .startsWith("+ client airflow\n+ client ci\n+ client nightly\n+ role airflow_admin\n");
      assertThat(realm.hasClient("airflow")).as("a dry run changes nothing").isFalse();

      Program made =
          realm.apply("--write-secrets", secrets.toString(), "--machine-secret", "nightly");
      assertThat(made.code()).as(made.err()).isZero();
      assertThat(made.out().strip())
          .isEqualTo(realm.client("nightly").getSecret().getValue())
          .hasSizeGreaterThan(20);
      String secret = realm.client("airflow").getSecret().getValue();
      assertThat(SecretsFile.read(secrets).values()).containsEntry("OIDC_CLIENT_SECRET", secret);
      assertThat(made.err())
          .contains(
              "changes made: 12",
              "warning: ",
              ": SSO Session Idle is 3 min and oidc.sessionMinutes 4")
          .doesNotContain(secret);

      assertThat(realm.apply().out()).isEqualTo(NOTHING);
      assertThat(realm.apply("--adopt", "--prune").out()).isEqualTo(NOTHING);

      realm.people().add("ada", "airflow_admin");
      assertThat(
              new SignIn(
                      realm.issuer(),
                      cluster.balancer().url() + "/oauth-authorized/keycloak",
                      secret,
                      cluster.ca().trust())
                  .claims("ada", realm.people().password()))
          .contains("\"resource_access\":{\"airflow\":{\"roles\":[\"airflow_admin\"]}}");
      machineToken(cluster, realm);
    }
  }

  /** A token for the one machine, with the claims that the webservers check, and no person's. */
  private static void machineToken(Cluster cluster, OwnRealm realm) throws IOException {
    String token =
        new Machine(
                "ci", realm.admin(), realm.issuer(), cluster.balancer().url(), cluster.ca().trust())
            .token();
    JsonNode header = part(token, 0);
    JsonNode claims = part(token, 1);
    assertThat(header.path("alg").asText()).isEqualTo("RS256");
    JSON.readTree(CI.formatted(realm.issuer()))
        .properties()
        .forEach(
            each ->
                assertThat(claims.path(each.getKey()))
                    .as(claims.toString())
                    .isEqualTo(each.getValue()));
    assertThat(claims.path("sub").asText()).isNotEmpty();
    for (String absent :
        List.of("sid", "session_state", "nonce", "resource_access", "realm_access", "email")) {
      assertThat(claims.has(absent)).as(absent + " in " + claims).isFalse();
    }
  }

  private static JsonNode part(String token, int number) throws IOException {
    byte[] json = Base64.getUrlDecoder().decode(token.split("\\.")[number]);
    return JSON.readTree(new String(json, StandardCharsets.UTF_8));
  }

  @Test
  void whatWasChangedByHandIsSetRightAndTheRestStays(Cluster cluster) throws IOException {
    try (OwnRealm realm = new OwnRealm(cluster, "by-hand", folder)) {
      ClientRepresentation other = client("grafana");
      other.setFullScopeAllowed(true);
      realm.foreign(other);
      realm.apply();
      realm.people().add("otto", "airflow_op");
      foreignParts(realm);
      ClientRepresentation changed = realm.client("airflow").toRepresentation();
      changed.setDirectAccessGrantsEnabled(true);
      changed.setRedirectUris(List.of("*"));
      changed.getAttributes().put("pkce.code.challenge.method", "");
      changed.getAttributes().put("theirs", "x");
      realm.client("airflow").update(changed);
      Map<String, String> others = realm.others("airflow");

      assertThat(realm.apply().out())
          .contains(
              "~ client airflow: directAccessGrantsEnabled: true -> false\n",
              "~ client airflow: redirectUris: [\"*\"] -> [\""
                  + cluster.balancer().url()
                  + "/oauth-authorized/keycloak\"]\n",
              "~ client airflow: attributes pkce.code.challenge.method: none -> \"S256\"\n",
              "~ client airflow: mapper 'roles of airflow': config claim.name: \"r\" -> ",
              "changes made: 3")
          .contains("~ client airflow: scope email: none -> default\n");

      assertThat(realm.apply().out()).isEqualTo(NOTHING);
      assertThat(realm.others("airflow")).isEqualTo(others);
      ClientRepresentation after = realm.client("airflow").toRepresentation();
      assertThat(after.getAttributes()).containsEntry("theirs", "x");
      assertThat(after.getProtocolMappers())
          .extracting(ProtocolMapperRepresentation::getName)
          .containsExactlyInAnyOrder("department", "roles of airflow");
      assertThat(realm.client("airflow").roles().get("auditor").toRepresentation()).isNotNull();
      assertThat(realm.client("airflow").roles().get("airflow_op").getUserMembers())
          .hasSize(1)
          .allMatch(each -> each.getUsername().equals("otto"));
    }
  }

  private static void foreignParts(OwnRealm realm) {
    ProtocolMapperRepresentation department = new ProtocolMapperRepresentation();
    department.setName("department");
    department.setProtocol("openid-connect");
    department.setProtocolMapper("oidc-usermodel-attribute-mapper");
    department.setConfig(Map.of("user.attribute", "department", "claim.name", "department"));
    realm.client("airflow").getProtocolMappers().createMapper(department).close();
    ProtocolMapperRepresentation own =
        realm.client("airflow").getProtocolMappers().getMappers().stream()
            .filter(each -> each.getName().equals("roles of airflow"))
            .findFirst()
            .orElseThrow();
    own.getConfig().put("claim.name", "r");
    realm.client("airflow").getProtocolMappers().update(own.getId(), own);
    realm.client("airflow").roles().create(new RoleRepresentation("auditor", "theirs", false));
    realm.admin().clientScopes().findAll().stream()
        .filter(each -> each.getName().equals("email"))
        .forEach(each -> realm.client("airflow").removeDefaultClientScope(each.getId()));
  }

  private static ClientRepresentation client(String id) {
    ClientRepresentation client = new ClientRepresentation();
    client.setClientId(id);
    client.setEnabled(true);
    client.setPublicClient(true);
    client.setRedirectUris(List.of("https://" + id + ".example/*"));
    return client;
  }

  @Test
  void aForeignClientIsRefusedThenAdopted(Cluster cluster) throws IOException {
    try (OwnRealm realm = new OwnRealm(cluster, "foreign", folder)) {
      realm.foreign(client("airflow"));
      realm.foreign(client("ci"));
      realm.client("airflow").roles().create(new RoleRepresentation("airflow_op", "old", false));

      Program refused = realm.apply();
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err().lines())
          .hasSize(2)
          .allMatch(
              line ->
                  line.startsWith(realm.issuer() + ": client '")
                      && line.endsWith("or take it over with --adopt"));
      assertThat(realm.hasClient("nightly"))
          .as("nothing is done when something is wrong")
          .isFalse();

      Path secrets = folder.resolve("secrets.env");
      Appliance.run("secrets", "new", secrets.toString());
      Program adopted = realm.apply("--adopt", "--write-secrets", secrets.toString());
      assertThat(adopted.code()).as(adopted.err()).isZero();
      assertThat(adopted.out())
          .contains(
              "~ client airflow: attributes appliance.cluster: none -> \"homelab\"\n",
              "~ client airflow: publicClient: true -> false\n",
              "~ client ci: serviceAccountsEnabled: false -> true\n",
              "~ role airflow_op: attributes appliance.cluster: none -> [\"homelab\"]\n");
      assertThat(SecretsFile.read(secrets).values().get("OIDC_CLIENT_SECRET"))
          .isNotEmpty()
          .isEqualTo(realm.client("airflow").getSecret().getValue());
      assertThat(realm.apply().out()).isEqualTo(NOTHING);
      machineToken(cluster, realm);
    }
  }

  @Test
  void whatIsNoLongerWantedGoesWhenAskedFor(Cluster cluster) throws IOException {
    try (OwnRealm realm = new OwnRealm(cluster, "prune", folder)) {
      realm.apply();
      String text = realm.clusterFile("{nightly: Viewer}");
      Files.writeString(
          folder.resolve("cluster.yaml"), text.replace(", airflow_public: Public", ""));
      String lines =
          "- client ci: no longer in cluster.yaml%1$s\n- role airflow_public: no longer in cluster.yaml%1$s\n";

      assertThat(realm.apply().out()).isEqualTo(lines.formatted("; --prune removes it") + NOTHING);
      assertThat(realm.hasClient("ci")).isTrue();
      assertThat(realm.apply("--prune").out()).startsWith(lines.formatted(""));
      assertThat(realm.hasClient("ci")).isFalse();
      assertThat(realm.client("airflow").roles().list())
          .extracting(RoleRepresentation::getName)
          .containsExactlyInAnyOrder(
              "airflow_admin",
              "airflow_op",
              "airflow_user",
              "airflow_viewer",
              "airflow_sci",
              "airflow_sci_guest",
              "airflow_two",
              "airflow_two_guest");
      assertThat(realm.apply("--prune").out()).isEqualTo(NOTHING);
    }
  }

  @Test
  void theReleasesFragmentCanBeImportedByHand(Cluster cluster) throws IOException {
    try (OwnRealm realm = new OwnRealm(cluster, "import", folder)) {
      realm.clusterFile("{airflow-ci: Op}");
      Path fragment = cluster.installation().desk().resolve("dist/keycloak/realm.json");
      realm
          .admin()
          .partialImport(JSON.readValue(fragment.toFile(), PartialImportRepresentation.class))
          .close();

      assertThat(realm.apply().out()).isEqualTo(NOTHING);
    }
  }

  @Test
  void whatKeepsItFromWorkingIsTold(Cluster cluster) throws IOException {
    try (OwnRealm realm = new OwnRealm(cluster, "told", folder)) {
      realm.foreign(client("airflow"));
      realm.people().add("paul");
      Path wrong = Files.writeString(folder.resolve("wrong"), "wrong");
      assertThat(realm.applyAs("--admin", "admin", "--password-file", wrong.toString()).err())
          .contains("user 'admin' of realm 'master' is refused (401, Invalid user credentials)");
      Path pauls = Files.writeString(folder.resolve("pauls"), realm.people().password());
      assertThat(
              realm
                  .applyAs(
                      "--admin",
                      "paul",
                      "--admin-realm",
                      "told",
                      "--password-file",
                      pauls.toString())
                  .err())
          .contains("user 'paul' of realm 'told' may not do this");
      assertThat(realm.apply("--admin-realm", "none").err())
          .contains("there is no realm 'none' of an administrator");
      assertThat(realm.apply("--url", realm.issuer() + "2").err())
          .contains("realm 'told2' does not exist at");
      String text = realm.clusterFile("{}");
      Files.writeString(
          folder.resolve("cluster.yaml"),
          text.replaceAll("(?m)^caFile:.*\n", "").replace("verify-full", "prefer"));
      assertThat(realm.apply().err()).contains("no trusted connection (", "as caFile");
    }
  }
}

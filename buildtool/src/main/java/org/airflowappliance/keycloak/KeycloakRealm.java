package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster.CaFile;

/** A realm of a running Keycloak, as an administrator sees it; safe to repeat. */
public final class KeycloakRealm {
  /** The first with the client scope {@code basic}. */
  private static final int OLDEST = 25;

  private final RealmAddress address;
  private final AdminApi api;

  /**
   * A realm.
   *
   * @param ca whose certificates are believed besides those of Java's own CAs
   */
  public KeycloakRealm(RealmAddress address, AdminLogin login, Optional<CaFile> ca) {
    this.address = address;
    this.api = new AdminApi(address, login, new Wire(address, ca));
  }

  /**
   * Reads the realm and compares; changes nothing.
   *
   * @param adopt whether clients of these names that are nobody's become the cluster's
   * @param prune whether what is the cluster's and no longer wanted is removed
   * @throws KeycloakProblem with all that stands in the way
   */
  public RealmPlan plan(RealmFragment wanted, boolean adopt, boolean prune) {
    api.get("");
    String version = api.version();
    if (version.matches("[0-9]+\\..*")
        && Integer.parseInt(version.substring(0, version.indexOf('.'))) < OLDEST) {
      throw new KeycloakProblem(
          "%s: is Keycloak %s, older than %d; upgrade it"
              .formatted(address.server(), version, OLDEST));
    }
    JsonNode clients = api.get("clients");
    JsonNode roles = JsonNodeFactory.instance.arrayNode();
    for (JsonNode each : clients) {
      if (each.path("clientId").asText().equals(wanted.clientId())) {
        String id = each.path("id").asText();
        roles = api.get("clients/" + id + "/roles?briefRepresentation=false");
      }
    }
    LiveRealm live = LiveRealm.of(clients, roles, api.scopes());
    return Planning.of(address.toString(), wanted, live, new Planning.Consent(adopt, prune));
  }

  /**
   * Makes the changes of a plan.
   *
   * @throws KeycloakProblem when Keycloak refuses one; those before it were made
   */
  public void apply(RealmPlan plan) {
    int made = 0;
    for (Change change : plan.changes()) {
      try {
        change.requests().forEach(api::change);
      } catch (KeycloakProblem problem) {
        throw made == 0
            ? problem
            : new KeycloakProblem(
                List.of(
                    problem.getMessage(),
                    "%s: %d of %d changes were made before; run it again when this is mended"
                        .formatted(address, made, plan.made())));
      }
      made += change.isToldOnly() ? 0 : 1;
    }
  }

  /**
   * What of the realm's own settings, which are nobody's here to change, people would notice.
   *
   * @param sessionMinutes how long a sign-in at the cluster holds
   */
  public List<String> warnings(int sessionMinutes) {
    return SsoLimits.of(address.toString(), api.get(""), sessionMinutes);
  }

  /** The secret of a client, as Keycloak made it. */
  public String secret(String clientId) {
    return api.secret(clientId);
  }
}

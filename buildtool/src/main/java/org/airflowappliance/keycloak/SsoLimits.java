package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A realm's limits of single sign-on against the cluster's own. When a sign-in at the cluster is
 * over, the browser is signed in anew by the session that Keycloak still has; the cluster asks
 * Keycloak for nothing meanwhile, so to Keycloak that session was idle.
 */
final class SsoLimits {
  private static final int SECONDS_A_MINUTE = 60;

  /** By the names of Keycloak's API: as its console calls them. */
  private static final Map<String, String> NAMES =
      new TreeMap<>(
          Map.of(
              "ssoSessionIdleTimeout", "SSO Session Idle",
              "ssoSessionMaxLifespan", "SSO Session Max"));

  private SsoLimits() {}

  /**
   * A line for each limit that is shorter.
   *
   * @param realm the answer of the API about the realm
   */
  static List<String> of(String address, JsonNode realm, int sessionMinutes) {
    List<String> shorter = new ArrayList<>();
    NAMES.forEach(
        (key, name) -> {
          int minutes = realm.path(key).asInt() / SECONDS_A_MINUTE;
          if (realm.has(key) && minutes < sessionMinutes) {
            shorter.add(
                "%1$s: %2$s is %4$d min and oidc.sessionMinutes %3$d: when a session ends, people type their password again; set it to %3$d or more (Realm settings, Sessions), or lower oidc.sessionMinutes"
                    .formatted(address, name, sessionMinutes, minutes));
          }
        });
    return shorter;
  }
}

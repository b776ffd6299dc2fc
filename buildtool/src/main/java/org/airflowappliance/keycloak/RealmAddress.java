package org.airflowappliance.keycloak;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a realm of Keycloak is.
 *
 * @param server address of the server, without a slash at its end
 * @param realm name of the realm, as addresses write it
 */
public record RealmAddress(String server, String realm) {
  private static final Pattern FORM = Pattern.compile("(https?://.+)/realms/([^/]+)");

  /**
   * Reads {@code SERVER/realms/REALM}.
   *
   * @param place where the address was said, for errors
   * @throws KeycloakProblem when it is not of this form
   */
  public static RealmAddress of(String place, URI address) {
    Matcher form = FORM.matcher(address.toString());
    if (!form.matches()) {
      throw new KeycloakProblem(
          "%s: '%s' is not the address of a realm of Keycloak; write SERVER/realms/REALM, such as https://sso.example/realms/airflow"
              .formatted(place, address));
    }
    return new RealmAddress(form.group(1), form.group(2));
  }

  /** Where a realm of this server gives tokens. */
  URI tokens(String ofRealm) {
    return URI.create(server + "/realms/" + ofRealm + "/protocol/openid-connect/token");
  }

  /** The realm in the admin API; {@code path} may be empty. */
  URI admin(String path) {
    return URI.create(server + "/admin/realms/" + realm + (path.isEmpty() ? "" : "/" + path));
  }

  @Override
  public String toString() {
    return server + "/realms/" + realm;
  }
}

package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** The admin REST API of one realm, as one user or client may use it. */
final class AdminApi {
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final RealmAddress address;
  private final AdminLogin login;
  private final Wire wire;
  private String token;
  private long renewal;

  AdminApi(RealmAddress address, AdminLogin login, Wire wire) {
    this.address = address;
    this.login = login;
    this.wire = wire;
  }

  /** What stands at a path below the realm. */
  JsonNode get(String path) {
    return asked("GET", address.admin(path), null);
  }

  /** Keycloak's version; empty when this user may not see it. */
  String version() {
    Wire.Answer answer = send("GET", URI.create(address.server() + "/admin/serverinfo"), null);
    return answer.json().path("systemInfo").path("version").asText("");
  }

  /** Makes one change. */
  void change(Request request) {
    String below = request.client().isEmpty() ? "" : "clients/" + id(request.client());
    String path = below.isEmpty() || request.path().isEmpty() ? below : below + "/";
    asked(request.method(), address.admin(path + request.path()), request.body());
  }

  /** The secret of a confidential client; Keycloak makes one where there is none yet. */
  String secret(String clientId) {
    URI secret = address.admin("clients/" + id(clientId) + "/client-secret");
    String there = asked("GET", secret, null).path("value").asText("");
    return there.isEmpty() ? asked("POST", secret, null).path("value").asText("") : there;
  }

  /** Keycloak's own id of a client. */
  private String id(String clientId) {
    String query = URLEncoder.encode(clientId, StandardCharsets.UTF_8);
    JsonNode found = get("clients?clientId=" + query);
    if (found.isEmpty()) {
      throw new KeycloakProblem(
          "%s: client '%s' has gone meanwhile; run it again".formatted(address, clientId));
    }
    return found.get(0).path("id").asText();
  }

  private JsonNode asked(String method, URI uri, JsonNode body) {
    Wire.Answer answer = send(method, uri, body);
    if (answer.good()) {
      return answer.json();
    }
    throw new KeycloakProblem(
        switch (answer.status()) {
          case UNAUTHORIZED, FORBIDDEN ->
              denied("%s %s: %d".formatted(method, uri, answer.status()));
          case NOT_FOUND ->
              uri.equals(address.admin(""))
                  ? "%s: realm '%s' does not exist at %s; create it there, or correct oidc.serverUrl or --url"
                      .formatted(address, address.realm(), address.server())
                  : unexpected(method, uri, answer);
          default -> unexpected(method, uri, answer);
        });
  }

  /** Who may list clients but see none gets empty lists; the realm always has some of these. */
  JsonNode scopes() {
    JsonNode scopes = get("client-scopes");
    if (scopes.isEmpty()) {
      throw new KeycloakProblem(denied("sees no client scope"));
    }
    return scopes;
  }

  private String denied(String why) {
    return "%s: %s may not do this (%s); give it the role manage-clients of the client realm-management, or choose another one with %s and --admin-realm"
        .formatted(address, login, why, login.option());
  }

  private String unexpected(String method, URI uri, Wire.Answer answer) {
    return "%s: Keycloak answers %s %s with %s; look into its log"
        .formatted(address, method, uri, answer.said());
  }

  private Wire.Answer send(String method, URI uri, JsonNode body) {
    HttpRequest.Builder request = wire.request(uri).header("Authorization", "Bearer " + token());
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, BodyPublishers.ofString(body.toString()));
    }
    return method.equals("GET") ? wire.ask(request.build()) : wire.send(request.build());
  }

  /** A token lives for a minute only, so another one is fetched in time. */
  private String token() {
    if (token == null || System.nanoTime() - renewal > 0) {
      JsonNode given = login();
      token = given.path("access_token").asText();
      renewal = System.nanoTime() + given.path("expires_in").asLong() * 1_000_000_000 / 2;
    }
    return token;
  }

  private JsonNode login() {
    String form =
        login.form().entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    Wire.Answer answer =
        wire.ask(
            wire.request(address.tokens(login.realm()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build());
    if (answer.good() && answer.json().has("access_token")) {
      return answer.json();
    }
    throw new KeycloakProblem(
        switch (answer.status()) {
          case BAD_REQUEST, UNAUTHORIZED ->
              "%s: %s is refused (%s); correct %s, --admin-realm or the secret that goes with it"
                  .formatted(address.server(), login, answer.said(), login.option());
          case NOT_FOUND ->
              "%s: there is no realm '%s' of an administrator (%s); correct --admin-realm, or oidc.serverUrl or --url when that is no Keycloak"
                  .formatted(address.server(), login.realm(), answer.said());
          default ->
              "%s: Keycloak answers the sign-in of %s with %s; correct oidc.serverUrl or --url, or look into its log"
                  .formatted(address.server(), login, answer.said());
        });
  }
}

package org.airflowappliance.it.site;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;

/** A program that speaks to Airflow's REST API with tokens that the identity provider gives it. */
public final class Machine {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final ClientResource client;
  private final String issuer;
  private final String airflow;
  private final WebClient http;

  Machine(String name, RealmResource realm, String issuer, String airflow, SSLContext trust) {
    this.name = name;
    this.issuer = issuer;
    this.airflow = airflow;
    client = realm.clients().get(realm.clients().findByClientId(name).get(0).getId());
    http = new WebClient(HttpClient.newBuilder().sslContext(trust));
  }

  /** A token for itself. */
  public String token() {
    return token(Map.of("grant_type", "client_credentials"));
  }

  /** A token for a person, who told this client name and password. */
  public String tokenOf(String person, String password) {
    grantsByPassword(true);
    try {
      return token(Map.of("grant_type", "password", "username", person, "password", password));
    } finally {
      grantsByPassword(false);
    }
  }

  private void grantsByPassword(boolean may) {
    ClientRepresentation changed = client.toRepresentation();
    changed.setDirectAccessGrantsEnabled(may);
    client.update(changed);
  }

  private String token(Map<String, String> grant) {
    Map<String, String> form = new TreeMap<>(grant);
    form.put("client_id", name);
    form.put("client_secret", client.getSecret().getValue());
    HttpResponse<String> answer =
        http.send(WebClient.form(issuer + "/protocol/openid-connect/token", form));
    try {
      String token = JSON.readTree(answer.body()).path("access_token").asText();
      if (token.isEmpty()) {
        throw new AssertionError(name + " got no token: " + answer.body());
      }
      return token;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** What Airflow answers to who has this token. */
  public HttpResponse<String> get(String path, String token) {
    return http.send(WebClient.request(airflow + path).header("Authorization", "Bearer " + token));
  }
}

package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One call of the admin API that changes the realm.
 *
 * @param method POST, PUT or DELETE
 * @param client id of the client that the path is below; empty when it is below the realm
 * @param path further path
 * @param body null when there is none
 */
record Request(String method, String client, String path, JsonNode body) {
  static Request post(String client, String path, JsonNode body) {
    return new Request("POST", client, path, body);
  }

  static Request put(String client, String path, JsonNode body) {
    return new Request("PUT", client, path, body);
  }

  static Request delete(String client, String path) {
    return new Request("DELETE", client, path, null);
  }
}

package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.JsonDefinition;

/**
 * What of a realm is the appliance's, in the words of Keycloak's admin API. No secret is in it.
 *
 * @param cluster whose it is: the mark that every part carries
 * @param client that people sign in with
 * @param roles of that client
 * @param machines clients that get tokens for themselves only
 */
public record RealmFragment(
    String cluster, ObjectNode client, List<ObjectNode> roles, List<ObjectNode> machines) {
  /** Attribute of a client or role that names the cluster it belongs to. */
  static final String MARK = "appliance.cluster";

  private static final String FOLDER = "manifests/keycloak/";

  public RealmFragment {
    roles = List.copyOf(roles);
    machines = List.copyOf(machines);
  }

  /** What the cluster file asks for, as the definitions say it. */
  public static RealmFragment of(Blueprint blueprint) {
    Cluster.Oidc oidc = blueprint.cluster().oidc();
    Reading reading = new Reading(blueprint, Holes.of(blueprint));
    List<ObjectNode> roles = new ArrayList<>();
    oidc.roles().forEach((theirs, ours) -> roles.add(reading.role(theirs, ours)));
    for (Tenant tenant : blueprint.cluster().tenants()) {
      tenant
          .roles()
          .forEach(
              (theirs, ours) ->
                  roles.add(reading.role(theirs, ours + " of tenant " + tenant.name())));
    }
    List<ObjectNode> machines = new ArrayList<>();
    oidc.machines()
        .forEach(
            (client, role) ->
                machines.add(
                    reading.part(
                        "machine.json", Map.of("machine.client", client, "machine.role", role))));
    return new RealmFragment(
        blueprint.cluster().name(), reading.part("client.json", Map.of()), roles, machines);
  }

  /** All clients, the one for people first. */
  List<ObjectNode> clients() {
    return Stream.concat(Stream.of(client), machines.stream()).toList();
  }

  /** Client id of the client for people. */
  String clientId() {
    return client.get("clientId").asText();
  }

  /** A text that a realm takes as a partial import. */
  String json() {
    ObjectNode realm = JsonNodeFactory.instance.objectNode().put("ifResourceExists", "SKIP");
    ArrayNode clients = realm.putArray("clients");
    clients().forEach(clients::add);
    ArrayNode all = realm.putObject("roles").putObject("client").putArray(clientId());
    roles.forEach(all::add);
    return JsonDefinition.text(realm);
  }

  /** Definitions on their way to objects. */
  private record Reading(Blueprint blueprint, Map<String, String> holes) {
    ObjectNode role(String theirs, String ours) {
      return part("role.json", Map.of("role.name", theirs, "role.airflow", ours));
    }

    ObjectNode part(String name, Map<String, String> more) {
      String file = FOLDER + name;
      Map<String, String> values = new HashMap<>(holes);
      values.putAll(more);
      return JsonDefinition.read(blueprint.definitions(), file, values);
    }
  }
}

package org.airflowappliance.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A realm as it is on its way to the one that is wanted; nothing is done here. */
final class Planning {
  private final RealmFragment wanted;
  private final LiveRealm live;
  private final Consent consent;
  private final List<Change> changes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * What the operator agreed to.
   *
   * @param adopt whether clients of these names that are nobody's become the cluster's
   * @param prune whether what is the cluster's and no longer wanted is removed
   */
  record Consent(boolean adopt, boolean prune) {}

  private Planning(RealmFragment wanted, LiveRealm live, Consent consent) {
    this.wanted = wanted;
    this.live = live;
    this.consent = consent;
  }

  /**
   * The plan.
   *
   * @param place the realm, for errors
   * @throws KeycloakProblem with all that stands in the way
   */
  static RealmPlan of(String place, RealmFragment wanted, LiveRealm live, Consent consent) {
    Planning planning = new Planning(wanted, live, consent);
    planning.missingScopes();
    wanted.clients().forEach(planning::client);
    planning.rolesAfterTheirClient();
    planning.leftovers();
    if (!planning.problems.isEmpty()) {
      throw new KeycloakProblem(
          planning.problems.stream().map(problem -> place + ": " + problem).toList());
    }
    return new RealmPlan(planning.changes);
  }

  private void missingScopes() {
    Set<String> missing = new TreeSet<>();
    wanted.clients().forEach(each -> missing.addAll(names(each.path("defaultClientScopes"))));
    missing.removeAll(live.scopes().keySet());
    for (String scope : missing) {
      problems.add(
          "there is no client scope '%s', which Airflow's clients need; make it as a new realm has it (Keycloak before 25 has no 'basic': upgrade it)"
              .formatted(scope));
    }
  }

  private void client(ObjectNode client) {
    String id = client.get("clientId").asText();
    Optional<JsonNode> there = live.client(id);
    if (there.isEmpty()) {
      changes.add(new Change("+ client " + id, Request.post("", "clients", client)));
    } else if (consent.adopt() || isOwn(there.get())) {
      settings(id, client, there.get());
      scopes(id, names(client.path("defaultClientScopes")), there.get());
      mappers(id, client.path("protocolMappers"), there.get().path("protocolMappers"));
    } else {
      problems.add(foreign(id, LiveRealm.owner(there.get())));
    }
  }

  private boolean isOwn(JsonNode part) {
    return LiveRealm.owner(part).equals(Optional.of(wanted.cluster()));
  }

  private String foreign(String id, Optional<String> owner) {
    return owner
        .map(
            other ->
                "client '%s' belongs to the cluster '%s', not to '%s'; choose another id in cluster.yaml, or take it over with --adopt"
                    .formatted(id, other, wanted.cluster()))
        .orElse(
            "client '%s' exists and was not made for the cluster '%s'; choose another id in cluster.yaml, or take it over with --adopt"
                .formatted(id, wanted.cluster()));
  }

  private void settings(String id, ObjectNode client, JsonNode there) {
    ObjectNode settings = client.deepCopy();
    settings.remove(List.of("protocolMappers", "defaultClientScopes", "optionalClientScopes"));
    Comparison found = Comparison.of(settings, there);
    if (!found.same()) {
      // these have calls of their own
      found.merged().remove("protocolMappers");
      changes.add(changed("client " + id, found, Request.put(id, "", found.merged())));
    }
  }

  /** A scope is one of both kinds at most; more than these may be there. */
  private void scopes(String id, List<String> scopes, JsonNode there) {
    List<String> optional = names(there.path("optionalClientScopes"));
    scopes.removeAll(names(there.path("defaultClientScopes")));
    for (String scope : scopes) {
      String found = optional.contains(scope) ? "optional" : "none";
      List<Request> requests = new ArrayList<>();
      if (optional.contains(scope)) {
        requests.add(Request.delete(id, "optional-client-scopes/" + live.scopes().get(scope)));
      }
      requests.add(Request.put(id, "default-client-scopes/" + live.scopes().get(scope), null));
      String line = "~ client %s: scope %s: %s -> default".formatted(id, scope, found);
      changes.add(new Change(List.of(line), requests));
    }
  }

  private void mappers(String id, JsonNode mappers, JsonNode there) {
    for (JsonNode mapper : mappers) {
      String name = mapper.get("name").asText();
      String what = "client %s: mapper '%s'".formatted(id, name);
      Optional<JsonNode> same = named(there, name);
      if (same.isEmpty()) {
        changes.add(new Change("+ " + what, Request.post(id, "protocol-mappers/models", mapper)));
        continue;
      }
      Comparison found = Comparison.of((ObjectNode) mapper, same.get());
      if (!found.same()) {
        String path = "protocol-mappers/models/" + same.get().path("id").asText();
        changes.add(changed(what, found, Request.put(id, path, found.merged())));
      }
    }
  }

  private static Optional<JsonNode> named(JsonNode list, String name) {
    for (JsonNode each : list) {
      if (each.path("name").asText().equals(name)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  private void rolesAfterTheirClient() {
    for (ObjectNode role : wanted.roles()) {
      String name = role.get("name").asText();
      JsonNode there = live.roles().get(name);
      if (there == null) {
        changes.add(new Change("+ role " + name, Request.post(wanted.clientId(), "roles", role)));
      } else if (consent.adopt() || isOwn(there)) {
        Comparison found = Comparison.of(role, there);
        if (!found.same()) {
          Request put = Request.put(wanted.clientId(), rolePath(name), found.merged());
          changes.add(changed("role " + name, found, put));
        }
      }
      // a role of that name that somebody else made does what is needed as it is
    }
  }

  private void leftovers() {
    List<String> clients = new ArrayList<>(live.clientsOf(wanted.cluster()));
    wanted.clients().forEach(each -> clients.remove(each.get("clientId").asText()));
    clients.forEach(id -> leftover("client " + id, Request.delete(id, "")));
    List<String> roles = new ArrayList<>(live.rolesOf(wanted.cluster()));
    wanted.roles().forEach(each -> roles.remove(each.get("name").asText()));
    roles.forEach(
        name -> leftover("role " + name, Request.delete(wanted.clientId(), rolePath(name))));
  }

  private void leftover(String what, Request removal) {
    String line = "- " + what + ": no longer in cluster.yaml";
    changes.add(
        consent.prune()
            ? new Change(line, removal)
            : new Change(List.of(line + "; --prune removes it"), List.of()));
  }

  private static Change changed(String what, Comparison found, Request request) {
    return new Change(
        found.differences().stream().map(each -> "~ " + what + ": " + each).toList(),
        List.of(request));
  }

  private static String rolePath(String name) {
    return "roles/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(each -> names.add(each.asText()));
    return names;
  }
}

package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** A realm of one test in the site's Keycloak, and the cluster file that names it. */
final class OwnRealm implements AutoCloseable {
  /** Shorter than a session of the cluster's, of which the tool warns. */
  private static final int IDLE_SECONDS = 180;

  private final Cluster cluster;
  private final String name;
  private final Path folder;
  private final org.keycloak.admin.client.Keycloak admin;
  private final RealmResource realm;

  /** A realm with nothing in it but what Keycloak puts there. */
  OwnRealm(Cluster cluster, String name, Path folder) throws IOException {
    this.cluster = cluster;
    this.name = name;
    this.folder = folder;
    RealmRepresentation made = new RealmRepresentation();
    made.setRealm(name);
    made.setEnabled(true);
    made.setSsoSessionIdleTimeout(IDLE_SECONDS);
    admin = cluster.keycloak().admin();
    admin.realms().create(made);
    realm = admin.realm(name);
    Files.writeString(folder.resolve("password"), cluster.keycloak().administratorsPassword());
    clusterFile("{ci: Op, nightly: Viewer}");
  }

  /** Writes the cluster file with these machines, as in YAML; gives its text back. */
  String clusterFile(String machines) throws IOException {
    String text =
        Files.readString(cluster.site().clusterFile(1))
            .replace("/realms/site", "/realms/" + name)
            .replaceAll("machines: \\{.*}", "machines: " + machines);
    Files.writeString(folder.resolve("cluster.yaml"), text);
    return text;
  }

  /** {@code appliance keycloak apply} as the administrator of all realms. */
  Program apply(String... more) {
    List<String> all = new ArrayList<>(List.of("--admin", "admin", "--password-file"));
    all.add(folder.resolve("password").toString());
    all.addAll(List.of(more));
    return applyAs(all.toArray(String[]::new));
  }

  /** The same with nothing but these options. */
  Program applyAs(String... options) {
    List<String> all =
        new ArrayList<>(List.of("keycloak", "apply", folder.resolve("cluster.yaml").toString()));
    all.addAll(List.of(options));
    return Appliance.attempt(all.toArray(String[]::new));
  }

  /** What an administrator's pages show. */
  RealmResource admin() {
    return realm;
  }

  /** The people of this realm. */
  People people() {
    return new People(realm, cluster.keycloak().password());
  }

  /** The realm's address. */
  String issuer() {
    return cluster.keycloak().issuer().replaceFirst("[^/]+$", name);
  }

  /** A client by its id. */
  ClientResource client(String id) {
    return realm.clients().get(realm.clients().findByClientId(id).get(0).getId());
  }

  /** Whether there is such a client. */
  boolean hasClient(String id) {
    return !realm.clients().findByClientId(id).isEmpty();
  }

  /** A new client that somebody else made. */
  void foreign(ClientRepresentation client) {
    realm.clients().create(client).close();
  }

  /** All clients but some, with their roles, as texts that can be compared. */
  Map<String, String> others(String... own) {
    return realm.clients().findAll().stream()
        .filter(each -> !List.of(own).contains(each.getClientId()))
        .collect(Collectors.toMap(ClientRepresentation::getClientId, this::text));
  }

  private String text(ClientRepresentation client) {
    List<String> roles =
        realm.clients().get(client.getId()).roles().list().stream()
            .map(RoleRepresentation::toString)
            .sorted()
            .toList();
    return "%s %s %s %s %s"
        .formatted(
            client.getRedirectUris(),
            new TreeMap<>(client.getAttributes()),
            client.isEnabled(),
            client.isFullScopeAllowed(),
            roles);
  }

  @Override
  public void close() {
    realm.remove();
    admin.close();
  }
}

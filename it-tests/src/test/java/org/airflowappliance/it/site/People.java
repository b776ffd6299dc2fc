package org.airflowappliance.it.site;

import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.RoleScopeResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** The people of the site's realm, as its administrator sees them. */
public final class People {
  private static final String CLIENT = "airflow";
  private static final String KEYS = "org.keycloak.keys.KeyProvider";

  private final RealmResource realm;
  private final String password;

  People(RealmResource realm, String password) {
    this.realm = realm;
    this.password = password;
  }

  /** Everybody's password. */
  public String password() {
    return password;
  }

  /** A new person with these roles of Airflow's client. */
  public void add(String name, String... roles) {
    UserRepresentation user = new UserRepresentation();
    user.setUsername(name);
    user.setEnabled(true);
    user.setFirstName(name);
    user.setLastName("Site");
    user.setEmail(name + "@example.test");
    user.setEmailVerified(true);
    CredentialRepresentation typed = new CredentialRepresentation();
    typed.setType(CredentialRepresentation.PASSWORD);
    typed.setValue(password);
    typed.setTemporary(false);
    user.setCredentials(List.of(typed));
    try (Response made = realm.users().create(user)) {
      if (made.getStatus() != 201) {
        throw new IllegalStateException(name + ": " + made.getStatus());
      }
    }
    roles(name, roles);
  }

  /** Gives a person these roles and no others. */
  public void roles(String name, String... roles) {
    ClientRepresentation client = realm.clients().findByClientId(CLIENT).get(0);
    RoleScopeResource given = person(name).roles().clientLevel(client.getId());
    given.remove(given.listAll());
    given.add(
        Stream.of(roles)
            .map(each -> realm.clients().get(client.getId()).roles().get(each).toRepresentation())
            .toList());
  }

  /** Lets a person sign in, or not. */
  public void enabled(String name, boolean may) {
    UserRepresentation user = person(name).toRepresentation();
    user.setEnabled(may);
    person(name).update(user);
  }

  /** Ends all of a person's sessions, as the button of the administration's page does. */
  public void signOut(String name) {
    person(name).logout();
  }

  /** How many sessions a person has at the identity provider. */
  public int sessions(String name) {
    return person(name).getUserSessions().size();
  }

  /** A new key signs from now on; the former ones stay for what they have signed. */
  public void rotateKeys() {
    ComponentRepresentation fresh = new ComponentRepresentation();
    fresh.setName("rotated");
    fresh.setProviderId("rsa-generated");
    fresh.setProviderType(KEYS);
    fresh.setConfig(keys());
    realm.components().add(fresh).close();
  }

  private static MultivaluedHashMap<String, String> keys() {
    MultivaluedHashMap<String, String> settings = new MultivaluedHashMap<>();
    Map.of("priority", "200", "algorithm", "RS256").forEach(settings::add);
    return settings;
  }

  /** A client with its own rights only, of which Airflow was told nothing. */
  public void addMachine(String name) {
    ClientRepresentation machine = realm.clients().findByClientId("airflow-ci").get(0);
    machine.setId(null);
    machine.setClientId(name);
    machine.setSecret(null);
    machine.getProtocolMappers().forEach(each -> each.setId(null));
    realm.clients().create(machine).close();
  }

  private UserResource person(String name) {
    return realm.users().get(realm.users().searchByUsername(name, true).get(0).getId());
  }
}

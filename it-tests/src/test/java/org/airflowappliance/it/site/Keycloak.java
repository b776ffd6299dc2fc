package org.airflowappliance.it.site;

import dasniko.testcontainers.keycloak.KeycloakContainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.airflowappliance.template.Template;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/**
 * The site's Keycloak with the realm of the tests and its people; the client and its roles come
 * from the appliance.
 */
public final class Keycloak implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(4);
  private static final long MEMORY = 768L << 20;
  private static final String TLS = "/opt/keycloak/conf/tls.";
  private static final int MANAGEMENT = 9000;

  /** Whoever is not named here has no role. */
  static final Map<String, String> ROLES =
      Map.of(
          "ada", "airflow_admin",
          "otto", "airflow_op",
          "ursula", "airflow_user",
          "vera", "airflow_viewer",
          "paul", "airflow_public");

  private final KeycloakContainer container;
  private final String url;
  private final SiteCa ca;
  private final String password = UUID.randomUUID().toString();

  /**
   * A running Keycloak.
   *
   * @param ca signs its certificate
   */
  Keycloak(SiteNetwork network, String address, SiteCa ca) throws IOException {
    url = "https://" + address + ":8443";
    this.ca = ca;
    ServerKey key = ca.issue("Keycloak", address);
    container =
        new KeycloakContainer(TestImage.KEYCLOAK.reference().asCanonicalNameString())
            .withEnv("KC_HOSTNAME", url)
            .withEnv("KC_HTTP_ENABLED", "false")
            .withEnv("KC_HTTPS_CERTIFICATE_FILE", TLS + "pem")
            .withEnv("KC_HTTPS_CERTIFICATE_KEY_FILE", TLS + "key")
            .withCopyToContainer(Transferable.of(key.certificate()), TLS + "pem")
            .withCopyToContainer(Transferable.of(key.key()), TLS + "key")
            // its back-channel calls go to Airflow, whose certificate the same CA signed
            .withEnv("KC_TRUSTSTORE_PATHS", "/opt/keycloak/conf/site-ca.pem")
            .withCopyToContainer(Transferable.of(ca.pem()), "/opt/keycloak/conf/site-ca.pem")
            // a server that lives for minutes starts a third faster without the costly compiler
            .withEnv("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1")
            .withRamPercentage(10, 50)
            // not yet on the site's network, where its certificate is right
            .waitingFor(
                Wait.forHttps("/health/started")
                    .forPort(MANAGEMENT)
                    .allowInsecure()
                    .withStartupTimeout(START))
            .withCopyToContainer(
                Transferable.of(realm()), "/opt/keycloak/data/import/site-realm.json")
            .withLabels(Owned.label())
            .withCreateContainerCmdModifier(
                command -> command.getHostConfig().withMemory(MEMORY).withMemorySwap(MEMORY));
    container.start();
    network.join(container.getContainerId(), address);
  }

  private String realm() {
    try {
      return new Template("realm.json", Files.readString(Folders.itTests().resolve("realm.json")))
          .fill(Map.of("password", password));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** The realm's issuer, as tokens name it and as the cluster file has it. */
  public String issuer() {
    return url + "/realms/site";
  }

  /** Every user's password. */
  public String password() {
    return password;
  }

  /** Password of the administrator of all realms, {@code admin}. */
  String administratorsPassword() {
    return container.getAdminPassword();
  }

  /** Gives the realm's people their roles, which the appliance has made. */
  void giveRoles() {
    try (org.keycloak.admin.client.Keycloak admin = admin()) {
      ROLES.forEach(new People(admin.realm("site"), password)::roles);
    }
  }

  /** A client of the admin API. */
  public org.keycloak.admin.client.Keycloak admin() {
    return org.keycloak.admin.client.Keycloak.getInstance(
        url,
        "master",
        container.getAdminUsername(),
        container.getAdminPassword(),
        "admin-cli",
        ca.trust());
  }

  /** It answers nobody any more, as when its network is gone. */
  public void pause() {
    Docker.client().pauseContainerCmd(container.getContainerId()).exec();
  }

  /** It answers again. */
  public void unpause() {
    Docker.client().unpauseContainerCmd(container.getContainerId()).exec();
  }

  /** An orderly end: nobody is at its address then. */
  public void stop() {
    Docker.client().stopContainerCmd(container.getContainerId()).withTimeout(20).exec();
  }

  /** A start after an end; its memory is empty then, its database is not. */
  public void start() {
    Docker.client().startContainerCmd(container.getContainerId()).exec();
  }

  /** What it said last. */
  public String diagnosis() {
    return "Keycloak's log\n" + container.getLogs();
  }

  @Override
  public void close() {
    container.stop();
  }
}

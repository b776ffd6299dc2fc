package org.airflowappliance.it.site;

import dasniko.testcontainers.keycloak.KeycloakContainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.airflowappliance.template.Template;
import org.testcontainers.images.builder.Transferable;

/** The site's Keycloak with the realm of the tests: client {@code airflow} and a user a role. */
public final class Keycloak implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(4);
  private static final long MEMORY = 768L << 20;

  private final KeycloakContainer container;
  private final String url;
  private final String password = UUID.randomUUID().toString();

  /**
   * A running Keycloak.
   *
   * @param airflow where browsers go to Airflow
   * @param secret the client's
   */
  Keycloak(SiteNetwork network, String address, String airflow, String secret) {
    url = "http://" + address + ":8080";
    container =
        new KeycloakContainer(TestImage.KEYCLOAK.reference().asCanonicalNameString())
            .withEnv("KC_HOSTNAME", url)
            // a server that lives for minutes starts a third faster without the costly compiler
            .withEnv("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1")
            .withRamPercentage(10, 50)
            .withStartupTimeout(START)
            .withCopyToContainer(
                Transferable.of(realm(airflow, secret)),
                "/opt/keycloak/data/import/site-realm.json")
            .withLabels(Owned.label())
            .withCreateContainerCmdModifier(
                command -> command.getHostConfig().withMemory(MEMORY).withMemorySwap(MEMORY));
    container.start();
    network.join(container.getContainerId(), address);
  }

  private String realm(String airflow, String secret) {
    try {
      return new Template("realm.json", Files.readString(Folders.itTests().resolve("realm.json")))
          .fill(Map.of("base", airflow, "secret", secret, "password", password));
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

  /** A client of the admin API. */
  public org.keycloak.admin.client.Keycloak admin() {
    return container.getKeycloakAdminClient();
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

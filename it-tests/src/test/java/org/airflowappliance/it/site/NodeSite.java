package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The site of the tests that need single nodes only: instead of Kubernetes a double answers, or
 * nobody, and no load balancer stands before the nodes.
 *
 * @param site all the rest
 * @param kubernetes not started at first
 */
public record NodeSite(Site site, KubernetesDouble kubernetes) implements AutoCloseable {
  private static final int DATABASE = 5;
  private static final int STORE = 6;

  /** Nobody is there: these tests sign nobody in. */
  private static final int KEYCLOAK = 7;

  /**
   * A fresh one, whose bucket is prepared.
   *
   * @param folder where its files are
   */
  static NodeSite start(Path folder) throws IOException {
    Owned.removeLeftovers(Docker.client());
    Parts parts = new Parts();
    try {
      Secrets secrets = Secrets.random();
      SiteNetwork network = parts.add(SiteNetwork.make());
      KubernetesDouble kubernetes =
          parts.add(new KubernetesDouble(network.gateway(), folder.resolve("kubernetes")));
      Site site =
          new Site(
              network,
              secrets,
              parts.add(
                  new Database(network, network.address(DATABASE), secrets, Optional.empty())),
              parts.add(new ObjectStore(network, network.address(STORE), secrets)),
              new Site.Surroundings(
                  kubernetes.url(),
                  "http://" + network.address(KEYCLOAK) + ":8080",
                  "http://" + Site.nodeAddress(network, 1) + ":8080",
                  kubernetes.certificate(),
                  Optional.empty()),
              folder,
              parts);
      prepareBucket(site, folder.resolve("secrets.env"));
      return new NodeSite(site, kubernetes);
    } catch (IOException | RuntimeException | Error problem) {
      parts.closeAfter(problem);
      throw problem;
    }
  }

  private static void prepareBucket(Site site, Path file) throws IOException {
    Files.writeString(file, site.secrets().file());
    try {
      Appliance.run(
          "bucket", "prepare", site.clusterFile(1).toString(), "--secrets", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    site.close();
  }
}

package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Leaves a cluster running for a look by hand, until a file is removed. */
final class Keep {
  private Keep() {}

  static void ifAsked(Cluster cluster) {
    if (!Boolean.getBoolean("it.keep")) {
      return;
    }
    Path file = Folders.target().resolve("keep");
    try {
      Files.writeString(file, howToLook(cluster, file));
      System.err.println(Files.readString(file));
      while (Files.exists(file)) {
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private static String howToLook(Cluster cluster, Path file) {
    return """
        The cluster stays until this file is removed: %s
        Airflow      %s   (from this machine; certificates are of the CA in %s; users ada otto ursula vera paul nora, password %s)
        Keycloak     %s
        balancer     %s:8404/
        nodes        %s
        Kubernetes   KUBECONFIG=%s
        database     docker exec -it %s psql -U airflow airflow
        """
        .formatted(
            file,
            cluster.balancer().url(),
            cluster.installation().desk().resolve("site-ca.pem"),
            cluster.keycloak().password(),
            cluster.keycloak().issuer(),
            cluster.balancer().url().replaceFirst("^https(.*):\\d+$", "http$1"),
            cluster.nodes().stream()
                .map(node -> "docker exec -it %.12s bash".formatted(node.getContainerId()))
                .collect(Collectors.joining(" | ")),
            cluster.installation().desk().resolve("kubeconfig"),
            cluster.database().container());
  }
}

package org.airflowappliance.it.site;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.time.Duration;
import org.testcontainers.DockerClientFactory;

/** The Docker daemon: asked for its own API version, and cleaned of what killed runs left. */
final class Docker {
  private Docker() {}

  /** The client that Testcontainers uses. */
  static synchronized DockerClient client() {
    if (System.getProperty("api.version") == null) {
      System.setProperty("api.version", version());
    }
    return DockerClientFactory.instance().client();
  }

  /** Testcontainers asks for a newer API than Debian 12's daemon has, and does not negotiate. */
  private static String version() {
    try {
      return Program.run(
              Duration.ofSeconds(20), "docker", "version", "--format", "{{.Server.APIVersion}}")
          .out()
          .strip();
    } catch (IOException problem) {
      throw new IllegalStateException(
          "docker: no daemon answers; run ./run-tests, which starts one", problem);
    }
  }
}

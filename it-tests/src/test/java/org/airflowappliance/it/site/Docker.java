package org.airflowappliance.it.site;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Loads an archive of an image. */
  static void load(Path archive) throws IOException {
    try (InputStream content = Files.newInputStream(archive)) {
      client().loadImageCmd(content).exec();
    }
  }

  /** Pushes an image that is here to a registry, under a name of the registry's. */
  static void push(String image, String name) {
    int tag = name.lastIndexOf(':');
    client().tagImageCmd(image, name.substring(0, tag), name.substring(tag + 1)).exec();
    try {
      client().pushImageCmd(name).start().awaitCompletion();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    } finally {
      client().removeImageCmd(name).exec();
    }
  }

  /** Testcontainers asks for a newer API than Debian 12's daemon has, and does not negotiate. */
  private static String version() {
    try {
      return Program.run(
              Duration.ofMinutes(5), "docker", "version", "--format", "{{.Server.APIVersion}}")
          .out()
          .strip();
    } catch (IOException problem) {
      throw new IllegalStateException(
          "docker: no daemon answers; run ./run-tests, which starts one", problem);
    }
  }
}

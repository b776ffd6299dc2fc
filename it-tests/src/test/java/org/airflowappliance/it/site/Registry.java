package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The site's registry of images, empty at first, over plain HTTP. */
public final class Registry implements AutoCloseable {
  private static final int PORT = 5000;

  private final String address;
  private final GenericContainer<?> container =
      new GenericContainer<>(TestImage.REGISTRY.reference())
          .withExposedPorts(PORT)
          .withLabels(Owned.label())
          .waitingFor(Wait.forHttp("/v2/").forPort(PORT));

  Registry(SiteNetwork network, String address) {
    this.address = address + ":" + PORT;
    container.start();
    network.join(container.getContainerId(), address);
  }

  /** {@code HOST:PORT} on the site's network, as the cluster file names it. */
  public String siteAddress() {
    return address;
  }

  /** {@code HOST:PORT} on this machine, which clients take for safe without TLS. */
  public String address() {
    return "127.0.0.1:" + container.getMappedPort(PORT);
  }

  /** The digest that the registry says an image has. */
  public String digest(String name, String tag) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + address() + "/v2/" + name + "/manifests/" + tag))
            .header(
                "Accept",
                "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json")
            .build();
    try {
      HttpResponse<Void> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
      return answer.headers().firstValue("Docker-Content-Digest").orElse("" + answer.statusCode());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    container.stop();
  }
}

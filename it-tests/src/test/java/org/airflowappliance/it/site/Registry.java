package org.airflowappliance.it.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The site's registry of images, empty at first, over plain HTTP. */
public final class Registry implements AutoCloseable {
  private static final int PORT = 5000;
  private static final String MANIFESTS =
      "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

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

  /** What it says of itself. */
  String version() throws IOException {
    try {
      return container.execInContainer("registry", "--version").getStdout().strip();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
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
    HttpResponse<String> answer = send("GET", name + "/manifests/" + tag, "", "");
    return answer.headers().firstValue("Docker-Content-Digest").orElse("" + answer.statusCode());
  }

  /**
   * Gives an image another name, as a team does that takes the worker for its own; the bytes stay
   * the same ones.
   *
   * @return the new name with the digest, as pods have it
   */
  public String copy(String name, String digest, String to) throws IOException {
    HttpResponse<String> manifest = send("GET", name + "/manifests/" + digest, "", "");
    JsonNode json = JSON.readTree(manifest.body());
    List<JsonNode> parts = new ArrayList<>(List.of(json.path("config")));
    json.path("layers").forEach(parts::add);
    for (JsonNode part : parts) {
      String mount = "?mount=" + part.path("digest").asText() + "&from=" + name;
      made(send("POST", to + "/blobs/uploads/" + mount, "application/octet-stream", ""));
    }
    String type = manifest.headers().firstValue("Content-Type").orElseThrow();
    made(send("PUT", to + "/manifests/" + digest, type, manifest.body()));
    return address + "/" + to + "@" + digest;
  }

  /**
   * What is attached to an image, as a registry without the API for it tells by a tag.
   *
   * @return texts of the attached files by their type
   */
  public Map<String, String> attached(String name, String digest) throws IOException {
    Map<String, String> attached = new TreeMap<>();
    for (String each : attachments(name, digest)) {
      String manifest = name + "/manifests/" + each;
      JsonNode json = JSON.readTree(send("GET", manifest, "", "").body());
      if (json.path("subject").path("digest").asText().equals(digest)) {
        JsonNode file = json.path("layers").path(0);
        String blob = name + "/blobs/" + file.path("digest").asText();
        attached.put(json.path("artifactType").asText(), send("GET", blob, "", "").body());
      }
    }
    return attached;
  }

  /** The digests of what is attached to an image. */
  public List<String> attachments(String name, String digest) throws IOException {
    String tag = name + "/manifests/" + digest.replace(':', '-');
    List<String> digests = new ArrayList<>();
    for (JsonNode each : JSON.readTree(send("GET", tag, "", "").body()).path("manifests")) {
      digests.add(each.path("digest").asText());
    }
    return digests;
  }

  private static void made(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() != HttpURLConnection.HTTP_CREATED) {
      throw new IOException(answer + ": " + answer.body());
    }
  }

  private HttpResponse<String> send(String method, String path, String type, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + address() + "/v2/" + path))
            .header("Accept", MANIFESTS)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    try {
      return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
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

package org.airflowappliance.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others put into a registry stays as it is, and is nothing of ours. */
class OciImageTest {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String UNKNOWN = "{\"errors\": [{\"code\": \"MANIFEST_UNKNOWN\"}]}";

  @TempDir Path folder;

  private final List<String> put = new CopyOnWriteArrayList<>();
  private ServerSocket registry;
  private volatile String index;

  /** Without TLS; as a real one it ends what does not speak HTTP. */
  @BeforeEach
  void start() throws IOException {
    registry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "registry");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    registry.close();
  }

  private void serve() {
    while (!registry.isClosed()) {
      try (Socket client = registry.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
        int first = in.read();
        if (Character.isLetter(first)) {
          String request = (char) first + in.readLine();
          boolean chunked = false;
          for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            chunked |= line.equalsIgnoreCase("Transfer-Encoding: chunked");
          }
          while (chunked && !in.readLine().equals("0")) {
            // the body is of no interest
          }
          client.getOutputStream().write(answer(request.split(" ")).getBytes(US_ASCII));
        }
      } catch (IOException closed) {
        // the next client, or the end of the test
      }
    }
  }

  /** It has every blob, no manifest, and something of others' under two tags. */
  private String answer(String... request) {
    String path = request[1];
    if (request[0].equals("PUT")) {
      put.add(path.substring(path.lastIndexOf('/') + 1));
      return text("201 Created", MANIFEST, "");
    }
    if (path.matches(".*/manifests/(sha256-.*|7)")) {
      return text("200 OK", INDEX, index);
    }
    if (path.contains("/manifests/")) {
      return text("404 Not Found", "application/json", UNKNOWN);
    }
    return text("200 OK", "application/octet-stream", "");
  }

  private static String text(String status, String type, String body) {
    return "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(status, type, body.length(), body);
  }

  @Test
  void whatOthersPutUnderATagIsNoneOfOurs() throws IOException {
    Path archive = SmallImage.in(folder).build();
    Path bill = Files.writeString(folder.resolve("small.cdx.json"), "{}");
    OciImage images = new OciImage(folder.resolve("scratch"), folder.resolve("none.json"), true);
    String repository = "127.0.0.1:" + registry.getLocalPort() + "/airflow/small";
    for (String each :
        List.of(
            "{\"schemaVersion\": 2, \"mediaType\": \"%s\", \"manifests\": [{\"annotations\": {}}]}"
                .formatted(INDEX),
            "{\"schemaVersion\": 2, \"manifests\": []}",
            "{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.oci.artifact.manifest.v1+json\"}")) {
      index = each;
      put.clear();

      OciImage.Referred referred =
          images.refer(
              repository,
              archive,
              List.of(new OciImage.Bill(bill, "application/vnd.cyclonedx+json")));

      assertThat(referred.listed()).as(each).isFalse();
      assertThat(referred.files()).containsExactly(bill);
      assertThat(put).singleElement().asString().startsWith("sha256:");
      assertThat(images.has(repository + ":7", "sha256:" + "7".repeat(64))).as(each).isFalse();
    }
  }
}

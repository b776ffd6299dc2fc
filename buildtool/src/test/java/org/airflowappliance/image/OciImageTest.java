package org.airflowappliance.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.airflowappliance.RawServer;
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
  private RawServer registry;
  private volatile String index;

  @BeforeEach
  void start() throws IOException {
    registry = new RawServer(this::answer);
  }

  @AfterEach
  void stop() throws IOException {
    registry.close();
  }

  /** It has every blob, no manifest, and something of others' under two tags. */
  private String answer(String method, String path) {
    if (method.equals("PUT")) {
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
    String repository = registry.address() + "/airflow/small";
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

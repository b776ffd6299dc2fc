package org.airflowappliance.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.Tar;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An archive in the form of {@code docker save}: how layers reach the image library with their
 * links and owners whole.
 *
 * @param configuration of a base image, to which the layers are added
 * @param layers those of the base image first
 * @param epoch the time of the image
 */
record DockerArchive(ObjectNode configuration, List<Layer> layers, Instant epoch) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A compressed layer.
   *
   * @param diffId digest of the uncompressed archive, with {@code sha256:} before it
   * @param content the compressed archive
   * @param name what it is, for the history
   */
  record Layer(String diffId, Content content, String name) {}

  DockerArchive {
    layers = List.copyOf(layers);
  }

  /** The configuration of an image that has nothing yet. */
  static ObjectNode empty() {
    ObjectNode configuration = JSON.createObjectNode();
    configuration.put("architecture", "amd64").put("os", "linux");
    configuration.putObject("config");
    configuration.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    configuration.putArray("history");
    return configuration;
  }

  void write(Path target) throws IOException {
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(target));
        TarArchiveOutputStream tar = Tar.open(file)) {
      ArrayNode names = JSON.createArrayNode();
      for (Layer layer : layers) {
        String name = names.size() + ".tar.gz";
        Tar.add(tar, name, layer.content());
        names.add(name);
      }
      ObjectNode manifest = JSON.createObjectNode();
      manifest.put("Config", "config.json").set("Layers", names);
      Tar.add(tar, "config.json", Content.of(JSON.writeValueAsBytes(whole())));
      Tar.add(
          tar,
          "manifest.json",
          Content.of(JSON.writeValueAsBytes(JSON.createArrayNode().add(manifest))));
    }
  }

  /** The base's configuration, with a line of history for each layer that it does not know yet. */
  private ObjectNode whole() {
    ObjectNode whole = configuration.deepCopy();
    ArrayNode known = whole.withObject("/rootfs").withArray("diff_ids");
    ArrayNode history = whole.withArray("history");
    for (Layer layer : layers.subList(known.size(), layers.size())) {
      known.add(layer.diffId());
      history
          .addObject()
          .put("created", epoch.toString())
          .put("created_by", "airflow-appliance: layer " + layer.name());
    }
    return whole;
  }
}

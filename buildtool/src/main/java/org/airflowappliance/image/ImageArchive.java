package org.airflowappliance.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.Tar;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The archive of an image in both forms at once: an OCI layout, which containerd imports under the
 * digest that a registry has, and the manifest.json that {@code docker load} reads.
 */
public final class ImageArchive implements Closeable {
  /** The label that names the image below. */
  static final String BASE = "org.opencontainers.image.base.name";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDEX = "index.json";
  private static final String DOCKER_MANIFEST = "manifest.json";
  private static final String OCI_LAYOUT = "oci-layout";

  private final TarFile tar;
  private final Map<String, TarArchiveEntry> entries = new HashMap<>();

  private ImageArchive(TarFile tar) {
    this.tar = tar;
    tar.getEntries().forEach(entry -> entries.put(entry.getName(), entry));
  }

  /** Opens an archive; what is big in it is read when it is asked for. */
  public static ImageArchive open(Path file) throws IOException {
    return new ImageArchive(new TarFile(file, StandardCharsets.UTF_8.name()));
  }

  /** Digest of the image's manifest, with {@code sha256:} before it. */
  public String digest() throws IOException {
    return json(INDEX).path("manifests").path(0).path("digest").asText();
  }

  /** Bytes of the image's manifest. */
  long size() throws IOException {
    return entry(blob(digest())).getSize();
  }

  /** The image's configuration. */
  public ObjectNode configuration() throws IOException {
    return (ObjectNode) json(dockerManifest().path("Config").asText());
  }

  /** Digest of the configuration, by which Docker knows the image. */
  public String imageId() throws IOException {
    return "sha256:" + dockerManifest().path("Config").asText().replaceFirst(".*/", "");
  }

  /** Names of the layers' archives, the lowest first; the last part is a digest of the bytes. */
  public List<String> layers() throws IOException {
    List<String> layers = new ArrayList<>();
    dockerManifest().path("Layers").forEach(layer -> layers.add(layer.asText()));
    return layers;
  }

  /** Whether an image of the operator's is below it. */
  public boolean hasBase() throws IOException {
    return configuration().path("config").path("Labels").has(BASE);
  }

  /** Looks at one entry of a layer. */
  @FunctionalInterface
  public interface Visit {
    /**
     * Called for each.
     *
     * @param path absolute, without a slash at its end
     * @param tar gives the entry's bytes
     */
    void entry(String path, TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException;
  }

  /** Reads a layer once, from its start to its end. */
  public void visit(String layer, Visit visit) throws IOException {
    // a layer is a row of gzip members, one for each block
    try (InputStream compressed = new BufferedInputStream(open(layer));
        TarArchiveInputStream archive =
            new TarArchiveInputStream(
                new GzipCompressorInputStream(compressed, true), StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry each = archive.getNextEntry();
          each != null;
          each = archive.getNextEntry()) {
        String name = each.getName().replaceFirst("^\\.?/", "").replaceFirst("/$", "");
        visit.entry("/" + name, each, archive);
      }
    }
  }

  /** Names of all parts that are called by the digest of their bytes, in the archive's order. */
  public List<String> blobs() {
    return tar.getEntries().stream()
        .map(TarArchiveEntry::getName)
        .filter(each -> each.startsWith("blobs/sha256/") && !each.endsWith("/"))
        .toList();
  }

  /**
   * What is in the archive that does not belong to one image in both forms, a line each: another
   * reader than this one could take it for the image.
   */
  public List<String> oddities() throws IOException {
    List<String> odd = new ArrayList<>();
    int images = json(INDEX).path("manifests").size();
    int loaded = json(DOCKER_MANIFEST).size();
    if (images != 1 || loaded != 1) {
      odd.add("holds %d images for containerd and %d for Docker".formatted(images, loaded));
    }
    JsonNode manifest = json(blob(digest()));
    String config = blob(manifest.path("config").path("digest").asText());
    List<String> layers = new ArrayList<>();
    manifest.path("layers").forEach(each -> layers.add(blob(each.path("digest").asText())));
    if (!config.equals(dockerManifest().path("Config").asText()) || !layers.equals(layers())) {
      odd.add("is another image for Docker than for containerd");
    }
    TreeSet<String> missing = new TreeSet<>(layers);
    missing.addAll(List.of(OCI_LAYOUT, INDEX, DOCKER_MANIFEST, blob(digest()), config));
    for (TarArchiveEntry entry : tar.getEntries()) {
      if (!missing.remove(entry.getName()) || !entry.isFile() || entry.isSparse()) {
        odd.add("holds " + entry.getName() + ", which is no part of the image, or twice");
      }
    }
    missing.forEach(each -> odd.add("holds no " + each));
    return odd;
  }

  /** The bytes of a part of the archive. */
  public Content content(String name) throws IOException {
    TarArchiveEntry entry = entry(name);
    return new Content() {
      @Override
      public long size() {
        return entry.getSize();
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = open(name)) {
          in.transferTo(out);
        }
      }
    };
  }

  /** A part of the archive, for reading. */
  public InputStream open(String name) throws IOException {
    return tar.getInputStream(entry(name));
  }

  private TarArchiveEntry entry(String name) throws IOException {
    TarArchiveEntry entry = entries.get(name);
    if (entry == null) {
      throw new IOException("the archive of the image holds no " + name + "; build it again");
    }
    return entry;
  }

  private JsonNode dockerManifest() throws IOException {
    return json(DOCKER_MANIFEST).path(0);
  }

  private JsonNode json(String name) throws IOException {
    try (InputStream in = open(name)) {
      return JSON.readTree(in);
    }
  }

  /**
   * Writes the archive in both forms from one that is an OCI layout alone.
   *
   * @param name what the image is called where it is loaded
   */
  static void complete(Path layout, String name, Path target) throws IOException {
    try (ImageArchive from = open(layout);
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(target), 1 << 18);
        TarArchiveOutputStream to = Tar.open(file)) {
      from.copy(name, to);
    }
  }

  private void copy(String name, TarArchiveOutputStream to) throws IOException {
    JsonNode manifest = json(blob(digest()));
    List<String> blobs = new ArrayList<>();
    manifest.path("layers").forEach(layer -> blobs.add(blob(layer.path("digest").asText())));
    String config = blob(manifest.path("config").path("digest").asText());
    ArrayNode docker = JSON.createArrayNode();
    ObjectNode image = docker.addObject().put("Config", config);
    image.putArray("RepoTags").add(name);
    blobs.forEach(image.putArray("Layers")::add);
    // what is read first stands first
    Tar.add(to, OCI_LAYOUT, content(OCI_LAYOUT));
    Tar.add(to, INDEX, Content.of(JSON.writeValueAsBytes(named(name))));
    Tar.add(to, DOCKER_MANIFEST, Content.of(JSON.writeValueAsBytes(docker)));
    for (String each : List.of(blob(digest()), config)) {
      Tar.add(to, each, content(each));
    }
    for (String each : blobs.stream().distinct().toList()) {
      Tar.add(to, each, content(each));
    }
  }

  /** The index with the image's name as containerd reads it. */
  private JsonNode named(String name) throws IOException {
    JsonNode index = json(INDEX);
    ((ObjectNode) index.path("manifests").path(0))
        .putObject("annotations")
        .put("io.containerd.image.name", name)
        .put("org.opencontainers.image.ref.name", name.substring(name.lastIndexOf(':') + 1));
    return index;
  }

  private static String blob(String digest) {
    return "blobs/" + digest.replace(':', '/');
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}

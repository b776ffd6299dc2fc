package org.airflowappliance.diff;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.image.ImageArchive;

/** What changed from one image to another: configuration, layers, and files in layers. */
final class ImageDiff {
  private final ImageArchive old;
  private final ImageArchive fresh;
  private final List<String> lines = new ArrayList<>();

  private ImageDiff(ImageArchive old, ImageArchive fresh) {
    this.old = old;
    this.fresh = fresh;
  }

  /** The changes, a line each. */
  static List<String> of(Path oldImage, Path newImage) throws IOException {
    try (ImageArchive old = ImageArchive.open(oldImage);
        ImageArchive fresh = ImageArchive.open(newImage)) {
      ImageDiff diff = new ImageDiff(old, fresh);
      diff.configuration();
      diff.layers();
      return diff.lines;
    }
  }

  private void configuration() throws IOException {
    Map<String, String> before = settings(old.configuration());
    Map<String, String> after = settings(fresh.configuration());
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      String was = before.getOrDefault(name, "unset");
      String is = after.getOrDefault(name, "unset");
      if (!was.equals(is)) {
        lines.add(name + ": " + was + " -> " + is);
      }
    }
  }

  /** Every value by its name; variables and labels have names of their own. */
  private static Map<String, String> settings(JsonNode configuration) {
    Map<String, String> settings = new TreeMap<>();
    for (String key : List.of("architecture", "os", "created")) {
      settings.put(key, configuration.path(key).asText());
    }
    JsonNode config = configuration.path("config");
    config.properties().forEach(field -> settings.put(field.getKey(), field.getValue().toString()));
    settings.remove("Env");
    settings.remove("Labels");
    for (JsonNode variable : config.path("Env")) {
      String[] parts = variable.asText().split("=", 2);
      settings.put("Env " + parts[0], parts[1]);
    }
    config
        .path("Labels")
        .properties()
        .forEach(label -> settings.put("Label " + label.getKey(), label.getValue().asText()));
    return settings;
  }

  private void layers() throws IOException {
    Map<String, String> before = named(old);
    Map<String, String> after = named(fresh);
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      String was = before.get(name);
      String is = after.get(name);
      if (was == null) {
        lines.add("+ " + name + "  " + size(fresh, is));
      } else if (is == null) {
        lines.add("- " + name + "  " + size(old, was));
      } else if (!digest(was).equals(digest(is))) {
        lines.add("~ " + name + "  " + size(old, was) + " -> " + size(fresh, is));
        files(was, is);
      }
    }
  }

  private void files(String was, String is) throws IOException {
    LayerFiles before = new LayerFiles(old, was);
    LayerFiles after = new LayerFiles(fresh, is);
    List<String> changes =
        new FileListDiff(before.list(), after.list()).lines(before::contents, after::contents);
    if (changes.isEmpty()) {
      lines.add("  only its times or compression");
    }
    changes.forEach(line -> lines.add("  " + line));
  }

  /** Layers by their number and what the history calls them. */
  private static Map<String, String> named(ImageArchive image) throws IOException {
    Map<String, String> named = new TreeMap<>();
    JsonNode history = image.configuration().path("history");
    List<String> layers = image.layers();
    for (int at = 0; at < layers.size(); at++) {
      String made = history.path(at).path("created_by").asText();
      named.put("layer " + (at + 1) + made.replaceFirst(".*: layer", ""), layers.get(at));
    }
    return named;
  }

  private static String size(ImageArchive image, String layer) throws IOException {
    return image.content(layer).size() + " bytes sha256 " + ListedFile.start(digest(layer));
  }

  private static String digest(String layer) {
    return layer.substring(layer.lastIndexOf('/') + 1);
  }
}

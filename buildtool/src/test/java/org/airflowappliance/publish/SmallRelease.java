package org.airflowappliance.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.airflowappliance.file.Tally;

/** Writes folders that are releases as far as publishing looks at them. */
final class SmallRelease {
  static final String URL = "http://packages.test/airflow";

  private SmallRelease() {}

  /** A release with these files besides the lists, by path. */
  static Publishable write(Path folder, int serial, Map<String, String> more) throws IOException {
    return write(folder, "lab", serial, more);
  }

  static Publishable write(Path folder, String cluster, int serial, Map<String, String> more)
      throws IOException {
    Map<String, String> files = new TreeMap<>(more);
    files.put(
        "rpm/mirrorlist", "# Cluster %s, release %d: x\n%s/rpm\n".formatted(cluster, serial, URL));
    for (Map.Entry<String, String> each : files.entrySet()) {
      Path file = folder.resolve(each.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, each.getValue());
    }
    String index =
        files.entrySet().stream()
            .map(
                each ->
                    "{\"path\": \"%s\", \"size\": %d, \"sha256\": \"%s\"}"
                        .formatted(
                            each.getKey(), each.getValue().length(), sha256(each.getValue())))
            .collect(
                Collectors.joining(
                    ", ",
                    "{\"cluster\": \"%s\", \"release\": %d, \"files\": ["
                        .formatted(cluster, serial),
                    "]}"));
    files.put("release.json", index);
    Files.writeString(folder.resolve("release.json"), index);
    Files.writeString(
        folder.resolve("SHA256SUMS"),
        files.entrySet().stream()
            .map(each -> sha256(each.getValue()) + "  " + each.getKey() + "\n")
            .collect(Collectors.joining()));
    Files.writeString(folder.resolve("SHA256SUMS.asc"), "signature of " + serial);
    return Publishable.of(folder);
  }

  static String sha256(String text) {
    return HexFormat.of()
        .formatHex(Tally.digest("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}

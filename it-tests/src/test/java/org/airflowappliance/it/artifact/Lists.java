package org.airflowappliance.it.artifact;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.airflowappliance.file.Tally;

/** The two lists of a release whose files were changed. */
final class Lists {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Lists() {}

  /** Makes both lists say what is there now, as somebody does who has no key. */
  static void anew(Path copy) throws IOException {
    Path index = copy.resolve("release.json");
    ObjectNode json = (ObjectNode) JSON.readTree(index.toFile());
    TreeMap<String, String> sums = new TreeMap<>();
    json.putArray("files");
    try (Stream<Path> walk = Files.walk(copy)) {
      for (Path each : walk.filter(Files::isRegularFile).sorted().toList()) {
        String path = copy.relativize(each).toString();
        if (!path.startsWith("SHA256SUMS") && !path.equals("release.json")) {
          sums.put(path, Tally.of(each).hex());
          json.withArray("files")
              .addObject()
              .put("path", path)
              .put("size", Files.size(each))
              .put("sha256", sums.get(path));
        }
      }
    }
    replace(index, JSON.writeValueAsBytes(json));
    sums.put("release.json", Tally.of(index).hex());
    StringBuilder text = new StringBuilder();
    sums.forEach((path, sum) -> text.append(sum).append("  ").append(path).append('\n'));
    replace(copy.resolve("SHA256SUMS"), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Puts another file in the place of one that others may be linked to. */
  static void replace(Path file, byte[] bytes) throws IOException {
    Files.delete(file);
    Files.write(file, bytes);
  }
}

package org.airflowappliance.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.release.BuildReport.Built;

/**
 * The release that a build replaces: a package of the same name with other content needs a higher
 * number.
 */
final class PreviousRelease {
  private PreviousRelease() {}

  static List<String> warnings(Path target, List<Built> files) throws IOException {
    Path index = target.resolve(ReleaseIndex.NAME);
    if (!Files.isRegularFile(index)) {
      return List.of();
    }
    JsonNode old = new ObjectMapper().readTree(index.toFile());
    Map<String, String> digests = new TreeMap<>();
    old.path("files")
        .forEach(file -> digests.put(file.path("path").asText(), file.path("sha256").asText()));
    List<String> warnings = new ArrayList<>();
    for (Built file : files) {
      String before = digests.get(file.path().value());
      if (file.kind().equals("rpm") && before != null && !before.equals(file.sha256())) {
        warnings.add(
            file.path()
                + ": content changed (sha256 "
                + before.substring(0, 12)
                + " before, "
                + file.sha256().substring(0, 12)
                + " now) but its number did not; nodes that have it will not"
                + " upgrade: raise `release` in cluster.yaml (for code packages, the serial in the line's lock)");
      }
    }
    return warnings;
  }
}

package org.airflowappliance.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;

/**
 * A folder that {@code appliance build} wrote.
 *
 * @param path the folder
 */
record ReleaseFolder(Path path) {
  ReleaseFolder {
    if (!Files.isRegularFile(path.resolve(ReleaseIndex.NAME))) {
      throw new UserError(
          path
              + ": is not a release (there is no "
              + ReleaseIndex.NAME
              + " in it); name a folder that `appliance build` wrote");
    }
  }

  private JsonNode index() throws IOException {
    try {
      return new ObjectMapper().readTree(path.resolve(ReleaseIndex.NAME).toFile());
    } catch (JsonProcessingException damaged) {
      throw new UserError(
          path.resolve(ReleaseIndex.NAME)
              + ": is damaged ("
              + damaged.getOriginalMessage()
              + "); fetch or build the release again");
    }
  }

  /** What its images are tagged with: Airflow's version and the serial of the lock. */
  String tag() throws IOException {
    return index().path("airflow").asText() + "-" + index().path("lockSerial").asText();
  }

  /** The cluster's name. */
  String cluster() throws IOException {
    return index().path("cluster").asText();
  }

  /** The number that each release of a cluster raises. */
  int number() throws IOException {
    return index().path("release").asInt();
  }

  /** Whether it has the lists by which a whole release can be told from a damaged one. */
  boolean isListed() {
    return Files.exists(path.resolve(Checksums.NAME));
  }

  /** Paths of its files of a kind, below the folder. */
  List<String> files(String kind) throws IOException {
    List<String> files = new ArrayList<>();
    for (JsonNode file : index().path("files")) {
      if (file.path("kind").asText().equals(kind)) {
        files.add(file.path("path").asText());
      }
    }
    return files;
  }
}

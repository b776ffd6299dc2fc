package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.rpm.RpmSeal;

/**
 * What came out when a release was held against itself and against a key.
 *
 * @param cluster its name; empty when release.json cannot be read
 * @param serial number of the release of this cluster, which each one raises
 * @param airflow version
 * @param files how many there are
 * @param bytes of all files
 * @param problems a line each, with the file that it is about; none when all is well
 */
public record Verification(
    String cluster, int serial, String airflow, int files, long bytes, List<String> problems) {

  /**
   * Verifies the release in a folder; nothing is fetched for it and nothing written.
   *
   * @param key who has to have signed it; without one only integrity is looked at
   */
  public static Verification of(Path folder, Optional<Certificate> key) throws IOException {
    ReleaseFiles release = ReleaseFiles.of(folder);
    Findings findings = new Findings();
    new ListsCheck(release, findings).check();
    TreeMap<String, RpmSeal> packages = new TreeMap<>();
    for (String rpm : release.matching("rpm/.*\\.rpm")) {
      findings.look(rpm, () -> packages.put(rpm, RpmSeal.of(release.at(rpm))));
    }
    key.ifPresent(each -> new SignaturesCheck(release, each, findings).check(packages));
    new CopiesCheck(release, findings).check(packages);
    new RepositoryCheck(release, findings).check(packages);
    new ImagesCheck(release, findings).check();
    JsonNode index = index(release);
    return new Verification(
        index.path("cluster").asText(),
        index.path("release").asInt(),
        index.path("airflow").asText(),
        release.seen().size(),
        release.size(),
        findings.lines());
  }

  private static JsonNode index(ReleaseFiles release) {
    try {
      return release.json(ReleaseIndex.NAME);
    } catch (IOException unreadable) {
      // a finding by now
      return MissingNode.getInstance();
    }
  }
}

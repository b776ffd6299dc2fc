package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.provenance.Envelope;
import org.airflowappliance.provenance.Provenance;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;

/** The provenance speaks of the release's files, of all of them, and of this release. */
record ProvenanceCheck(ReleaseFiles release, JsonNode index, Findings findings) {
  /** What is written after it. */
  private static final Set<String> LATER =
      Set.of(Provenance.NAME, ReleaseIndex.NAME, Checksums.NAME, Checksums.SIGNATURE);

  void check() {
    if (release.has(Provenance.NAME)) {
      findings.look(Provenance.NAME, this::subjects);
    }
  }

  private void subjects() throws IOException {
    JsonNode statement = Envelope.read(release.bytes(Provenance.NAME)).statement();
    TreeMap<String, String> said = new TreeMap<>();
    statement
        .path("subject")
        .forEach(
            each ->
                said.put(each.path("name").asText(), each.path("digest").path("sha256").asText()));
    TreeMap<String, String> are = new TreeMap<>();
    release.seen().forEach((path, seen) -> are.put(path, seen.sha256()));
    are.keySet().removeAll(LATER);
    Set<String> paths = new TreeSet<>(said.keySet());
    paths.addAll(are.keySet());
    for (String path : paths) {
      String digest = said.getOrDefault(path, "nothing");
      String is = are.getOrDefault(path, "missing");
      if (!digest.equals(is) && !findings.knows(path)) {
        findings.add(
            Provenance.NAME,
            "says %s of %s, which is %s; do not mix releases".formatted(digest, path, is));
      }
    }
    if (findings.knows(ReleaseIndex.NAME)) {
      return;
    }
    JsonNode asked = statement.path("predicate").path("buildDefinition").path("externalParameters");
    for (String each : Set.of("cluster", "release", "airflow")) {
      if (!asked.path(each).equals(index.path(each))) {
        findings.addFirst(
            Provenance.NAME,
            "is of %s %s, but the release's is %s; do not mix releases"
                .formatted(each, asked.path(each), index.path(each)));
      }
    }
  }
}

package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmSeal;
import org.airflowappliance.verify.ReleaseFiles.Seen;

/** What stands at two places of a release is the same at both: no mix of two releases. */
record CopiesCheck(ReleaseFiles release, JsonNode index, Findings findings) {
  /** A manifest by its path, and where the configuration's package puts its copy. */
  private static final Map<String, String> COPIES =
      Map.of(
          "manifests/pod_template\\.yaml", "/etc/airflow/pod_template.yaml",
          "manifests/tenants/([^/]+\\.yaml)", "/etc/airflow/tenants/$1");

  void check(Map<String, RpmSeal> packages) {
    packages.forEach((path, seal) -> findings.look(path, () -> versions(path, seal, packages)));
    String configuration = "airflow-cluster-" + index.path("cluster").asText();
    packages.forEach(
        (path, seal) -> {
          if (seal.name().equals(configuration)) {
            findings.look(path, () -> configuration(path, seal));
          }
        });
    for (String kickstart : release.matching("kickstart/.*\\.ks")) {
      findings.look(kickstart, () -> trusts(kickstart));
    }
  }

  /** Packages of a release want each other in exactly the versions that are there. */
  private void versions(String path, RpmSeal seal, Map<String, RpmSeal> packages) {
    packages
        .values()
        .forEach(
            other -> {
              String wanted = seal.exactly(other.name());
              if (!wanted.isEmpty() && !wanted.equals(other.version())) {
                findings.add(
                    path,
                    "needs %s %s, but the release has %s; do not mix releases"
                        .formatted(other.name(), wanted, other.version()));
              }
            });
  }

  private void configuration(String path, RpmSeal seal) {
    String expected = "1-" + index.path("release").asText() + ".el8";
    if (!seal.version().equals(expected)) {
      findings.add(
          path,
          "is version %s, not %s of this release; do not mix releases"
              .formatted(seal.version(), expected));
      return;
    }
    TreeMap<String, String> packed = new TreeMap<>();
    for (RpmFile file : seal.header().files()) {
      packed.put(file.path(), file.digest());
    }
    COPIES.forEach(
        (manifest, copy) -> {
          for (String original : release.matching(manifest)) {
            String place = original.replaceAll(manifest, copy);
            String is = release.find(original).map(Seen::sha256).orElse("");
            if (!findings.knows(original) && !is.equals(packed.get(place))) {
              findings.add(
                  path, "holds another %s than %s; do not mix releases".formatted(place, original));
            }
          }
        });
  }

  private void trusts(String kickstart) throws IOException {
    String text = release.text(kickstart);
    for (String key : release.matching("rpm/RPM-GPG-KEY-.*")) {
      if (!findings.knows(key) && !text.contains(release.text(key).strip())) {
        findings.add(
            kickstart, "makes nodes trust another key than " + key + "; do not mix releases");
      }
    }
  }
}

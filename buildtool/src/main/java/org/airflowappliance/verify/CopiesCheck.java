package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmHeader;
import org.airflowappliance.rpm.RpmSeal;
import org.airflowappliance.rpm.RpmTag;

/** What stands at two places of a release is the same at both: no mix of two releases. */
record CopiesCheck(ReleaseFiles release, Findings findings) {
  private static final String TEMPLATE = "manifests/pod_template.yaml";

  void check(Map<String, RpmSeal> packages) {
    packages.forEach((path, seal) -> findings.look(path, () -> one(path, seal)));
    for (String kickstart : release.matching("kickstart/.*\\.ks")) {
      findings.look(kickstart, () -> trusts(kickstart));
    }
  }

  private void one(String path, RpmSeal seal) throws IOException {
    seal.complaints().forEach(each -> findings.add(path, each));
    if (!path.endsWith("/" + seal.fileName())) {
      findings.add(path, "is " + seal.fileName() + " inside");
    }
    JsonNode index = release.json(ReleaseIndex.NAME);
    boolean configuration =
        seal.tags().text(RpmTag.NAME).equals("airflow-cluster-" + index.path("cluster").asText());
    String version = seal.tags().text(RpmTag.VERSION) + "-" + seal.tags().text(RpmTag.RELEASE);
    String expected =
        configuration
            ? "1-" + index.path("release").asText()
            : index.path("airflow").asText() + "-" + index.path("lockSerial").asText();
    if (!version.equals(expected + ".el8")) {
      findings.add(path, "is version %s, not %s.el8 of this release".formatted(version, expected));
    }
    for (RpmFile file : RpmHeader.read(release.at(path)).files()) {
      boolean differs =
          file.path().equals("/etc/airflow/pod_template.yaml")
              && release.find(TEMPLATE).isPresent()
              && !file.digest().equals(release.find(TEMPLATE).orElseThrow().sha256());
      if (differs) {
        findings.add(path, "holds another " + file.path() + " than " + TEMPLATE);
      }
    }
  }

  private void trusts(String kickstart) throws IOException {
    String text = release.text(kickstart);
    for (String key : release.matching("rpm/RPM-GPG-KEY-.*")) {
      if (!text.contains(release.text(key).strip())) {
        findings.add(kickstart, "makes nodes trust another key than " + key);
      }
    }
  }
}

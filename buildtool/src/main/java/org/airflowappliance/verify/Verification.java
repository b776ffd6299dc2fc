package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.airflowappliance.rpm.RpmSeal;

/**
 * What came out when a release was held against itself and against a key.
 *
 * @param cluster its name; empty when release.json cannot be read
 * @param serial number of the release of this cluster, which each one raises; 0 when it has none
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
    JsonNode index = new ListsCheck(release, findings).check();
    Optional<SignaturesCheck> signatures =
        key.or(() -> shipped(release, findings))
            .map(each -> new SignaturesCheck(release, each, findings));
    // what the list does not vouch for is somebody's unknown bytes, which need no parsing
    if (signatures.map(SignaturesCheck::list).orElse(true)) {
      inside(release, index, signatures, findings);
    }
    return of(release, index, findings);
  }

  /** Whether every file is there and as the release's own lists say; whose it is, is not asked. */
  public static Verification lists(Path folder) throws IOException {
    ReleaseFiles release = ReleaseFiles.of(folder);
    Findings findings = new Findings();
    return of(release, new ListsCheck(release, findings).check(), findings);
  }

  /**
   * What speaks against the list of all files being signed by a key: what has to be known before
   * anything that the list names is worth fetching.
   *
   * @return a line each; empty when it is signed
   */
  public static List<String> listSigned(Path folder, Certificate key) throws IOException {
    Findings findings = new Findings();
    new SignaturesCheck(ReleaseFiles.of(folder), key, findings).list();
    return findings.lines();
  }

  /**
   * What speaks against a package of somebody else's being whole and signed by one of some keys.
   *
   * @return a line each, without the file's name; empty when nothing does
   */
  public static List<String> packageSigned(Path rpm, List<Certificate> keys) throws IOException {
    RpmSeal seal = RpmSeal.of(rpm);
    List<String> problems = new ArrayList<>();
    seal.complaints().forEach(each -> problems.add(each + "; name a mirror that has it whole"));
    if (seal.signature().length == 0) {
      problems.add("nobody has signed it; name a mirror that has it signed");
      return problems;
    }
    for (Certificate key : keys) {
      if (key.verdict(seal.signature(), new ByteArrayInputStream(seal.signedBytes())).good()) {
        return problems;
      }
    }
    problems.add(
        "is not signed by "
            + keys.stream().map(Certificate::fingerprint).collect(Collectors.joining(" or "))
            + "; give the key of who signs it, or another mirror");
    return problems;
  }

  private static Verification of(ReleaseFiles release, JsonNode index, Findings findings) {
    return new Verification(
        index.path("cluster").asText(),
        index.path("release").asInt(),
        index.path("airflow").asText(),
        release.seen().size(),
        release.size(),
        findings.lines());
  }

  /** For integrity alone: whether the signatures are those of the key that lies in the release. */
  private static Optional<Certificate> shipped(ReleaseFiles release, Findings findings) {
    List<Certificate> found = new ArrayList<>();
    for (String file : release.matching("rpm/RPM-GPG-KEY-.*")) {
      findings.look(file, () -> found.add(Certificate.untrusted(release.at(file))));
    }
    return found.stream().findFirst();
  }

  private static RpmSeal sealed(ReleaseFiles release, String rpm, Findings findings)
      throws IOException {
    RpmSeal seal = RpmSeal.of(release.at(rpm));
    seal.complaints().forEach(each -> findings.add(rpm, each + "; fetch it again"));
    if (!rpm.endsWith("/" + seal.fileName())) {
      findings.add(rpm, "is " + seal.fileName() + " inside; do not mix releases");
    }
    return seal;
  }

  private static void inside(
      ReleaseFiles release,
      JsonNode index,
      Optional<SignaturesCheck> signatures,
      Findings findings) {
    TreeMap<String, RpmSeal> packages = new TreeMap<>();
    for (String rpm : release.matching("rpm/.*\\.rpm")) {
      findings.look(rpm, () -> packages.put(rpm, sealed(release, rpm, findings)));
    }
    signatures.ifPresent(each -> each.others(index, packages));
    new RepositoryCheck(release, findings).check(packages);
    new CopiesCheck(release, index, findings).check(packages);
    new ImagesCheck(release, findings).check();
    new BillsCheck(release, findings).check(packages);
    new ProvenanceCheck(release, index, findings).check();
  }
}

package org.airflowappliance.verify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.rpm.RpmSeal;

/** All that is signed is signed by one key: lists, metadata and packages. */
record SignaturesCheck(ReleaseFiles release, Certificate key, Findings findings) {
  void check(Map<String, RpmSeal> packages) {
    for (String signed : new String[] {ListsCheck.SUMS, RepositoryCheck.INDEX}) {
      if (release.find(signed + ".asc").isEmpty() && release.find(signed).isPresent()) {
        findings.add(signed, "is not signed: there is no " + signed + ".asc; fetch it again");
      }
    }
    for (String signature : release.matching(".*\\.asc")) {
      findings.look(signature, () -> detached(signature));
    }
    packages.forEach((path, seal) -> findings.look(path, () -> inside(path, seal)));
    findings.look(ReleaseIndex.NAME, this::named);
  }

  private void detached(String signature) throws IOException {
    String signed = signature.substring(0, signature.length() - ".asc".length());
    if (release.find(signed).isEmpty()) {
      findings.add(signature, "signs " + signed + ", which is missing");
      return;
    }
    try (InputStream data = Files.newInputStream(release.at(signed))) {
      complain(signed, key.complaint(Files.readAllBytes(release.at(signature)), data));
    }
  }

  private void inside(String path, RpmSeal seal) throws IOException {
    complain(path, key.complaint(seal.signature(), new ByteArrayInputStream(seal.header())));
  }

  private void complain(String path, Optional<String> complaint) {
    complaint.ifPresent(
        problem -> findings.add(path, problem + "; fetch it again from who signs it"));
  }

  private void named() throws IOException {
    String named = release.json(ReleaseIndex.NAME).path("signingKey").path("fingerprint").asText();
    if (!named.equals(key.fingerprint())) {
      findings.add(
          ReleaseIndex.NAME,
          "says that key %s signed it, not %s".formatted(named, key.fingerprint()));
    }
    for (String file : release.matching("rpm/RPM-GPG-KEY-.*")) {
      Path shipped = release.at(file);
      findings.look(
          file,
          () -> {
            String is = Certificate.read(shipped).fingerprint();
            if (!is.equals(key.fingerprint())) {
              findings.add(
                  file,
                  "is key %s, which nodes would trust, and not %s"
                      .formatted(is, key.fingerprint()));
            }
          });
    }
  }
}

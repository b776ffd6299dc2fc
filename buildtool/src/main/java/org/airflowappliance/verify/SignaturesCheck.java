package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import org.airflowappliance.plan.DetachedSignature;
import org.airflowappliance.provenance.Envelope;
import org.airflowappliance.provenance.Provenance;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.rpm.RpmSeal;
import org.airflowappliance.verify.Certificate.Verdict;

/** All that is signed is signed by one key: lists, metadata and packages. */
record SignaturesCheck(ReleaseFiles release, Certificate key, Findings findings) {
  private static final String SHIPPED = "rpm/RPM-GPG-KEY-.*";

  /** The list first: what it does not vouch for need not be opened. */
  boolean list() {
    detached(ListsCheck.SUMS);
    return !findings.any(ListsCheck.SUMS + "(\\.asc)?");
  }

  void others(JsonNode index, Map<String, RpmSeal> packages) {
    if (release.has(RepositoryCheck.INDEX)) {
      detached(RepositoryCheck.INDEX);
    }
    packages.forEach((path, seal) -> findings.look(path, () -> inside(path, seal)));
    String named = index.path("signingKey").path("fingerprint").asText();
    if (!named.equals(key.fingerprint())) {
      findings.addFirst(
          ReleaseIndex.NAME,
          "says that key %s signed it, not %s; fetch the release from who signs it"
              .formatted(named, key.fingerprint()));
    }
    for (String file : release.matching(SHIPPED)) {
      findings.look(file, () -> shipped(file));
    }
    for (String archive : release.matching("images/[^/]+\\.tar")) {
      bare(archive.replaceFirst("\\.tar$", ".cosign.json"));
    }
    if (release.has(Provenance.NAME)) {
      findings.look(Provenance.NAME, this::provenance);
    }
  }

  private void bare(String signed) {
    String signature = signed + DetachedSignature.Form.BARE.suffix();
    if (!release.has(signed) || !release.has(signature)) {
      return; // whether they have to be there, the lists say
    }
    findings.look(signed, () -> findings.look(signature, () -> bare(signed, signature)));
  }

  private void bare(String signed, String signature) throws IOException {
    byte[] bytes = Base64.getMimeDecoder().decode(release.text(signature).strip());
    if (!key.isBare(bytes, release.bytes(signed))) {
      findings.add(
          signature,
          "is not by key %s over %s; fetch it from who signs it"
              .formatted(key.fingerprint(), signed));
    }
  }

  private void provenance() throws IOException {
    Envelope envelope = Envelope.read(release.bytes(Provenance.NAME));
    if (!key.isBare(envelope.signature(), Envelope.signedBytes(envelope.payload()))) {
      findings.add(
          Provenance.NAME,
          "is not signed by key %s; fetch it from who signs it".formatted(key.fingerprint()));
    }
  }

  private void detached(String signed) {
    String signature = signed + ListsCheck.SIGNATURE;
    if (!release.has(signature)) {
      findings.addFirst(signature, "is missing, so " + signed + " is not signed; fetch it again");
      return;
    }
    findings.look(
        signed,
        () ->
            findings.look(
                signature,
                () -> {
                  Verdict verdict =
                      key.verdict(
                          release.bytes(signature),
                          new ByteArrayInputStream(release.bytes(signed)));
                  if (!verdict.good()) {
                    findings.add(verdict.ofSignature() ? signature : signed, verdict.problem());
                  }
                }));
  }

  private void inside(String path, RpmSeal seal) throws IOException {
    Verdict verdict = key.verdict(seal.signature(), new ByteArrayInputStream(seal.signedBytes()));
    if (!verdict.good()) {
      findings.add(path, verdict.problem());
    }
  }

  /** Nodes would trust the key that lies in the release. */
  private void shipped(String file) throws IOException {
    String is = Certificate.fingerprint(release.at(file));
    if (!is.equals(key.fingerprint())) {
      findings.add(
          file,
          "is key %s, which nodes would trust, and not %s; do not install from it"
              .formatted(is, key.fingerprint()));
    }
  }
}

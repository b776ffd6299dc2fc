package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.packageurl.MalformedPackageURLException;
import com.github.packageurl.PackageURL;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.rpm.RpmSeal;
import org.airflowappliance.verify.ReleaseFiles.Seen;

/** Bills of materials name the packages that are in what they are of, and no others. */
record BillsCheck(ReleaseFiles release, Findings findings) {
  private static final String FOLDER = "sbom/";
  private static final String CYCLONEDX = ".cdx.json";
  private static final List<String> FORMATS = List.of(CYCLONEDX, ".spdx.json");
  private static final String WHOLE = "release";

  /** A release of some sections may have none; the lists know whether it ought to. */
  void check(Map<String, RpmSeal> packages) {
    if (release.matching(FOLDER + ".*").isEmpty()) {
      return;
    }
    Map<String, Carried> carried = new TreeMap<>();
    packages.forEach(
        (path, seal) -> findings.look(path, () -> carried.put(path, Carried.in(seal))));
    for (String image : release.matching("images/[^/]+\\.tar")) {
      findings.look(image, () -> carried.put(image, Carried.in(release.at(image))));
    }
    carried.forEach(this::bills);
    Set<String> all = new TreeSet<>();
    carried.values().stream().filter(Carried::whole).forEach(each -> all.addAll(each.found()));
    for (String format : FORMATS) {
      String bill = FOLDER + WHOLE + format;
      look(bill, () -> whole(bill, all));
    }
  }

  private void bills(String path, Carried is) {
    String name = path.replaceFirst(".*/", "").replaceFirst("\\.tar$", "");
    for (String format : FORMATS) {
      String bill = FOLDER + name + format;
      look(
          bill,
          () -> {
            JsonNode json = release.json(bill);
            String of = subject(json);
            if (!of.equals(release.find(path).map(Seen::sha256).orElse(""))) {
              findings.add(
                  bill,
                  "is of a file with sha256 %s, not of %s; do not mix releases"
                      .formatted(of, path));
              return;
            }
            Set<String> said = said(json);
            if (is.whole()) {
              lacks(bill, path, is.found(), said);
            }
            more(bill, path, said, is.found());
          });
    }
  }

  /** The release has more than these: its boot loaders are of packages, too. */
  private void whole(String bill, Set<String> is) throws IOException {
    lacks(bill, "the release", is, said(release.json(bill)));
  }

  private void look(String bill, Findings.Look look) {
    if (!release.has(bill)) {
      findings.addFirst(bill, "is missing; fetch it again");
    }
    findings.look(bill, look);
  }

  private void lacks(String bill, String where, Set<String> is, Set<String> said) {
    for (String each : is) {
      if (!said.contains(each)) {
        findings.add(bill, "does not name %s, which is in %s".formatted(each, where));
      }
    }
  }

  private void more(String bill, String where, Set<String> said, Set<String> is) {
    for (String each : said) {
      if (!is.contains(each)) {
        findings.add(bill, "names %s, which is not in %s".formatted(each, where));
      }
    }
  }

  /** The digest of the file that a bill is of, in either format. */
  private static String subject(JsonNode bill) {
    JsonNode head = bill.path("metadata").path("component").path("hashes").path(0);
    return head.isMissingNode()
        ? bill.path("packages").path(0).path("checksums").path(0).path("checksumValue").asText()
        : head.path("content").asText();
  }

  /** The packages of Python and of Debian that a bill names, in either format. */
  private static Set<String> said(JsonNode bill) throws IOException {
    TreeSet<String> purls = new TreeSet<>(bill.path("components").findValuesAsText("purl"));
    purls.addAll(bill.path("packages").findValuesAsText("referenceLocator"));
    Set<String> said = new TreeSet<>();
    for (String each : purls) {
      try {
        PackageURL purl = new PackageURL(each);
        if (purl.getType().equals("pypi")) {
          said.add(Carried.python(purl.getName(), purl.getVersion()));
        } else if (purl.getType().equals("deb")) {
          said.add(
              Carried.debian(purl.getName(), purl.getVersion(), purl.getQualifiers().get("arch")));
        }
      } catch (MalformedPackageURLException none) {
        throw new IOException(none.getMessage(), none);
      }
    }
    return said;
  }
}

package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.verify.ReleaseFiles.Seen;

/** {@code SHA256SUMS} and {@code release.json} name every file, and each is as they say. */
final class ListsCheck {
  static final String SUMS = Checksums.NAME;
  static final String SIGNATURE = ".asc";
  private static final Set<String> UNLISTED = Set.of(SUMS, SUMS + SIGNATURE);
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

  private final ReleaseFiles release;
  private final Findings findings;
  private JsonNode index = MissingNode.getInstance();

  ListsCheck(ReleaseFiles release, Findings findings) {
    this.release = release;
    this.findings = findings;
  }

  /** Gives what release.json says; a missing node when it cannot be read. */
  JsonNode check() {
    release.unfit().forEach(findings::add);
    for (String list : new String[] {SUMS, ReleaseIndex.NAME}) {
      if (!release.has(list)) {
        findings.addFirst(list, "is missing; fetch the release again");
      }
    }
    findings.look(SUMS, this::sums);
    findings.look(ReleaseIndex.NAME, this::index);
    return index;
  }

  private void sums() throws IOException {
    TreeMap<String, String> sums = new TreeMap<>();
    for (String line : release.text(SUMS).lines().toList()) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches() || sums.put(parts.group(2), parts.group(1)) != null) {
        findings.add(
            SUMS, "the line '" + line + "' is none of sha256sum's or a second one; fetch it again");
      }
    }
    sums.forEach(
        (path, sha256) -> {
          String is = release.find(path).map(Seen::sha256).orElse("");
          if (is.isEmpty()) {
            findings.addFirst(path, "is missing, but " + SUMS + " names it; fetch it again");
          } else if (!is.equals(sha256)) {
            findings.add(
                path, "has sha256 %s, but %s says %s; fetch it again".formatted(is, SUMS, sha256));
          }
        });
    unnamed(SUMS, sums.keySet(), UNLISTED);
  }

  private void index() throws IOException {
    index = release.json(ReleaseIndex.NAME);
    TreeSet<String> paths = new TreeSet<>();
    for (JsonNode file : index.path("files")) {
      String path = file.path("path").asText();
      paths.add(path);
      Seen said = new Seen(file.path("size").asLong(-1), file.path("sha256").asText());
      Seen is = release.find(path).orElse(null);
      if (is == null) {
        findings.addFirst(path, "is missing, but release.json names it; fetch it again");
      } else if (!is.equals(said)) {
        findings.addFirst(
            path,
            "has %d bytes and sha256 %s, but release.json says %d and %s; fetch it again"
                .formatted(is.size(), is.sha256(), said.size(), said.sha256()));
      }
    }
    Set<String> unlisted = new TreeSet<>(UNLISTED);
    unlisted.add(ReleaseIndex.NAME);
    unnamed(ReleaseIndex.NAME, paths, unlisted);
  }

  private void unnamed(String list, Set<String> named, Set<String> besides) {
    for (String path : release.seen().keySet()) {
      if (!named.contains(path) && !besides.contains(path)) {
        findings.addFirst(path, "is not named by " + list + "; remove it");
      }
    }
  }
}

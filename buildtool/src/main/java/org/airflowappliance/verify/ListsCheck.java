package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.verify.ReleaseFiles.Seen;

/** {@code SHA256SUMS} and {@code release.json} name every file, and each is as they say. */
record ListsCheck(ReleaseFiles release, Findings findings) {
  static final String SUMS = "SHA256SUMS";
  private static final Set<String> UNLISTED = Set.of(SUMS, SUMS + ".asc");
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

  void check() {
    release
        .others()
        .forEach(each -> findings.add(each, "is no file but a link or a device; remove it"));
    for (String list : new String[] {SUMS, ReleaseIndex.NAME}) {
      if (release.find(list).isEmpty()) {
        findings.add(list, "is missing; fetch the release again");
      }
    }
    if (release.find(SUMS).isPresent()) {
      findings.look(SUMS, this::sums);
    }
    if (release.find(ReleaseIndex.NAME).isPresent()) {
      findings.look(ReleaseIndex.NAME, this::index);
    }
  }

  private void sums() throws IOException {
    TreeMap<String, String> sums = new TreeMap<>();
    for (String line : release.text(SUMS).lines().toList()) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches() || sums.put(parts.group(2), parts.group(1)) != null) {
        findings.add(SUMS, "the line '" + line + "' is none of sha256sum's or a second one");
      }
    }
    sums.forEach(
        (path, sha256) -> {
          String is = release.find(path).map(Seen::sha256).orElse("");
          if (is.isEmpty()) {
            findings.add(path, "is missing, but " + SUMS + " names it; fetch it again");
          } else if (!is.equals(sha256)) {
            findings.add(
                path, "has sha256 %s, but %s says %s; fetch it again".formatted(is, SUMS, sha256));
          }
        });
    unnamed(SUMS, sums.keySet(), UNLISTED);
  }

  private void index() throws IOException {
    TreeSet<String> paths = new TreeSet<>();
    for (JsonNode file : release.json(ReleaseIndex.NAME).path("files")) {
      String path = file.path("path").asText();
      paths.add(path);
      Seen said = new Seen(file.path("size").asLong(-1), file.path("sha256").asText());
      Seen is = release.find(path).orElse(null);
      if (is == null) {
        findings.look(path, () -> findings.add(path, "is missing, but release.json names it"));
      } else if (!is.equals(said)) {
        findings.look(
            path,
            () ->
                findings.add(
                    path,
                    "has %d bytes and sha256 %s, but release.json says %d and %s"
                        .formatted(is.size(), is.sha256(), said.size(), said.sha256())));
      }
    }
    Set<String> unlisted = new TreeSet<>(UNLISTED);
    unlisted.add(ReleaseIndex.NAME);
    unnamed(ReleaseIndex.NAME, paths, unlisted);
  }

  private void unnamed(String list, Set<String> named, Set<String> besides) {
    for (String path : release.seen().keySet()) {
      if (!named.contains(path) && !besides.contains(path)) {
        findings.look(path, () -> findings.add(path, "is not named by " + list + "; remove it"));
      }
    }
  }
}

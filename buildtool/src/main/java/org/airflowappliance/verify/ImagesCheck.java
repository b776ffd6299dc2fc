package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.file.Tally;
import org.airflowappliance.image.ImageArchive;

/** Images are what their digests say, and the digests are those that pods will name. */
record ImagesCheck(ReleaseFiles release, Findings findings) {
  private static final String TENANTS = "manifests/tenants/";

  void check() {
    for (String archive : release.matching("images/[^/]+\\.tar")) {
      findings.look(archive, () -> image(archive));
    }
  }

  private void image(String archive) throws IOException {
    String name = archive.replaceFirst("images/(.*)\\.tar", "$1");
    String digestFile = "images/" + name + ".digest";
    try (ImageArchive image = ImageArchive.open(release.at(archive))) {
      image.oddities().forEach(each -> findings.add(archive, each));
      blobs(archive, image);
      String digest = image.digest();
      if (!release.has(digestFile)) {
        findings.addFirst(digestFile, "is missing; fetch it again");
      }
      findings.look(digestFile, () -> digest(digestFile, archive, digest));
      String claim = "images/" + name + ".cosign.json";
      findings.look(claim, () -> claim(claim, name, digest));
      named(name, digest);
    }
  }

  private void digest(String file, String archive, String digest) throws IOException {
    String said = release.text(file).strip();
    if (!said.equals(digest)) {
      findings.add(
          file, "says %s, but %s is %s; do not mix releases".formatted(said, archive, digest));
    }
  }

  /** A signature that fits is of no use when it is about something else. */
  private void claim(String file, String name, String digest) throws IOException {
    if (!release.has(file)) {
      return; // whether it has to be there, the lists say
    }
    JsonNode critical = release.json(file).path("critical");
    String said = critical.path("image").path("docker-manifest-digest").asText();
    String of = critical.path("identity").path("docker-reference").asText();
    if (!said.equals(digest) || !of.endsWith("/" + name)) {
      findings.add(
          file,
          "is about %s@%s, but %s is %s; do not mix releases".formatted(of, said, name, digest));
    }
  }

  private void blobs(String archive, ImageArchive image) throws IOException {
    for (String blob : image.blobs()) {
      try (InputStream in = image.open(blob);
          Tally bytes = new Tally(OutputStream.nullOutputStream())) {
        in.transferTo(bytes);
        String is = bytes.hex();
        if (!blob.endsWith("/" + is)) {
          findings.add(archive, "its part %s has sha256 %s; fetch it again".formatted(blob, is));
        }
      }
    }
  }

  /** A team's pods may have another image of the same name, but copy their DAGs with this one. */
  private void named(String name, String digest) {
    Pattern reference = Pattern.compile("/" + Pattern.quote(name) + "(?::[^@\\s]+)?@(sha256:\\w+)");
    for (String manifest : release.matching("manifests/.*\\.yaml")) {
      findings.look(
          manifest,
          () -> {
            List<String> others = new ArrayList<>();
            boolean found = false;
            Matcher each = reference.matcher(release.text(manifest));
            while (each.find()) {
              if (each.group(1).equals(digest)) {
                found = true;
              } else {
                others.add(each.group(1));
              }
            }
            if (!others.isEmpty() && !(found && manifest.startsWith(TENANTS))) {
              findings.add(
                  manifest,
                  "names image %s with %s, but the release's is %s; do not mix releases"
                      .formatted(name, others.get(0), digest));
            }
          });
    }
  }
}

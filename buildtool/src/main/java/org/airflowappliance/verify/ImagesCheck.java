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
  void check() {
    for (String archive : release.matching("images/[^/]+\\.tar")) {
      findings.look(archive, () -> image(archive));
    }
  }

  private void image(String archive) throws IOException {
    String name = archive.replaceFirst("images/(.*)\\.tar", "$1");
    String digestFile = "images/" + name + ".digest";
    try (ImageArchive image = ImageArchive.open(release.at(archive))) {
      String digest = image.digest();
      if (release.find(digestFile).isEmpty()) {
        findings.add(digestFile, "is missing; fetch the release again");
      } else {
        String said = release.text(digestFile).strip();
        if (!said.equals(digest)) {
          findings.add(digestFile, "says %s, but %s is %s".formatted(said, archive, digest));
        }
      }
      blobs(archive, image);
      parts(archive, image);
      named(name, digest);
    }
  }

  private void blobs(String archive, ImageArchive image) throws IOException {
    for (String blob : image.blobs()) {
      try (InputStream in = image.open(blob);
          Tally bytes = new Tally(OutputStream.nullOutputStream())) {
        in.transferTo(bytes);
        String is = bytes.hex();
        if (!blob.endsWith("/" + is)) {
          findings.add(archive, "its part %s has sha256 %s".formatted(blob, is));
        }
      }
    }
  }

  /** Both forms of the archive are the same image, and nothing else is in it. */
  private void parts(String archive, ImageArchive image) throws IOException {
    JsonNode manifest = image.manifest();
    List<String> layers = new ArrayList<>();
    manifest.path("layers").forEach(each -> layers.add(each.path("digest").asText()));
    List<String> loaded =
        image.layers().stream().map(each -> "sha256:" + each.replaceFirst(".*/", "")).toList();
    if (!layers.equals(loaded)) {
      findings.add(
          archive, "`docker load` would take layers %s, containerd %s".formatted(loaded, layers));
    }
    String config = manifest.path("config").path("digest").asText();
    if (!config.equals(image.imageId())) {
      findings.add(
          archive,
          "`docker load` would take configuration %s, containerd %s"
              .formatted(image.imageId(), config));
    }
    List<String> parts = new ArrayList<>(layers);
    parts.addAll(List.of(config, image.digest()));
    for (String blob : image.blobs()) {
      if (!parts.contains("sha256:" + blob.replaceFirst(".*/", ""))) {
        findings.add(archive, "holds " + blob + ", which is no part of the image");
      }
    }
  }

  private void named(String name, String digest) {
    Pattern reference = Pattern.compile("/" + Pattern.quote(name) + "(?::[^@\\s]+)?@(sha256:\\w+)");
    for (String manifest : release.matching("manifests/.*\\.yaml")) {
      findings.look(
          manifest,
          () -> {
            Matcher found = reference.matcher(release.text(manifest));
            while (found.find()) {
              if (!found.group(1).equals(digest)) {
                findings.add(
                    manifest,
                    "names image %s with %s, but the release's is %s"
                        .formatted(name, found.group(1), digest));
              }
            }
          });
    }
  }
}

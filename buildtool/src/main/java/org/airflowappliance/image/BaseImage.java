package org.airflowappliance.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The image that {@code images.base} names, pulled once and kept; it has to bring the line's
 * Python.
 *
 * @param reference {@code HOST/PATH@sha256:…}
 * @param python minor version of Python, such as 3.9
 */
record BaseImage(String reference, String python) implements Derived {
  private static final String ARCHIVE = "base.tar";

  @Override
  public String name() {
    return "base-image";
  }

  @Override
  public String recipe() {
    return new Fingerprint().add("base 1", reference, python).hex();
  }

  Path made(Workbench workbench) throws IOException {
    return workbench.derived(this).resolve(ARCHIVE);
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    if (workbench.offline()) {
      throw problem("is not in the cache, and --offline forbids to pull it; run once without");
    }
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    Path archive = folder.resolve(ARCHIVE);
    workbench.progress("pulling " + reference, 0, 0);
    new OciImage(scratch).pull(reference, archive, done -> {});
    Deletion.of(scratch);
    try (ImageArchive image = ImageArchive.open(archive)) {
      check(image);
    }
  }

  private void check(ImageArchive image) throws IOException {
    JsonNode configuration = image.configuration();
    String platform =
        configuration.path("os").asText() + "/" + configuration.path("architecture").asText();
    if (!platform.equals("linux/amd64")) {
      throw problem("is for " + platform + ", not linux/amd64; name another image");
    }
    String program = "usr/bin/python" + python;
    for (String layer : image.layers()) {
      if (holds(image, layer, program)) {
        return;
      }
    }
    throw problem(
        "has no /" + program + ", which the packages of this Airflow need; name an image with it");
  }

  private static boolean holds(ImageArchive image, String layer, String path) throws IOException {
    try (InputStream compressed = new BufferedInputStream(image.open(layer));
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                new GzipCompressorInputStream(compressed, true), StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().replaceFirst("^(\\./|/)", "").equals(path)) {
          return true;
        }
      }
      return false;
    }
  }

  private StoreProblem problem(String what) {
    return new StoreProblem("images.base: " + reference + " " + what);
  }
}

package org.airflowappliance.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.rpm.RpmHeader;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * One gzipped metadata file of the repository over all packages.
 *
 * @param what which of the three files
 * @param inputs the packages
 */
record Metadata(Kind what, List<ReleasePath> inputs) implements Artifact {
  /** The three files that dnf reads. */
  enum Kind {
    PRIMARY,
    FILELISTS,
    OTHER;

    String type() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public ReleasePath path() {
    return new ReleasePath(DnfRepository.FOLDER + "repodata/" + what.type() + ".xml.gz");
  }

  @Override
  public String kind() {
    return "repodata";
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind(), what).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    List<PackageFile> packages = new ArrayList<>();
    for (ReleasePath input : inputs) {
      Path file = workbench.built(input);
      String href = input.value().substring(DnfRepository.FOLDER.length());
      packages.add(
          new PackageFile(
              href,
              Files.size(file),
              workbench.sha256(input),
              RpmHeader.read(file),
              workbench.epoch()));
    }
    GzipParameters plain = new GzipParameters();
    plain.setCompressionLevel(9);
    try (OutputStream out = new GzipCompressorOutputStream(Files.newOutputStream(target), plain)) {
      PackageXml.write(what, packages, out);
    }
  }
}

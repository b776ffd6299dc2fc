package org.airflowappliance.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLStreamException;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * {@code repomd.xml}: the metadata files by digest; what dnf fetches first and whose signature it
 * checks.
 *
 * @param inputs the metadata files
 */
record RepoMd(List<ReleasePath> inputs) implements Artifact {
  @Override
  public ReleasePath path() {
    return new ReleasePath(DnfRepository.FOLDER + "repodata/repomd.xml");
  }

  @Override
  public String kind() {
    return "repodata";
  }

  @Override
  public String recipe() {
    return new Fingerprint().add("repomd").hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      Xml xml = new Xml(out);
      String time = Long.toString(workbench.epoch().getEpochSecond());
      xml.start(
          "repomd",
          "xmlns",
          "http://linux.duke.edu/metadata/repo",
          "xmlns:rpm",
          "http://linux.duke.edu/metadata/rpm");
      xml.text("revision", time);
      for (ReleasePath input : inputs) {
        data(xml, input, time, workbench);
      }
      xml.end().finish();
    } catch (XMLStreamException problem) {
      throw new IOException(problem);
    }
  }

  private static void data(Xml xml, ReleasePath input, String time, Workbench workbench)
      throws IOException, XMLStreamException {
    Path file = workbench.built(input);
    String href = input.value().substring(DnfRepository.FOLDER.length());
    xml.start("data", "type", href.replaceAll(".*/|\\.xml\\.gz", ""));
    xml.text("checksum", workbench.sha256(input), "type", "sha256");
    Open open = Open.read(file);
    xml.text("open-checksum", open.sha256(), "type", "sha256");
    xml.empty("location", "href", href);
    xml.text("timestamp", time);
    xml.text("size", Long.toString(Files.size(file)));
    xml.text("open-size", Long.toString(open.size()));
    xml.end();
  }

  /** Size and digest of a metadata file before it was compressed. */
  private record Open(long size, String sha256) {
    static Open read(Path file) throws IOException {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long size = 0;
        byte[] buffer = new byte[1 << 16];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          digest.update(buffer, 0, count);
          size += count;
        }
        return new Open(size, HexFormat.of().formatHex(digest.digest()));
      } catch (NoSuchAlgorithmException absent) {
        throw new IllegalStateException("every Java has SHA-256", absent);
      }
    }
  }
}

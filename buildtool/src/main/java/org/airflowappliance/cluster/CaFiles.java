package org.airflowappliance.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the PEM files that cluster.yaml names, relative to its folder. */
final class CaFiles {
  private static final int LIMIT = 1 << 20;

  private final Path folder;
  private final Map<String, Cluster.CaFile> read = new HashMap<>();

  CaFiles(Path folder) {
    this.folder = folder;
  }

  /** Reads the file that a part names and notes what is wrong with it. */
  void check(Part part) {
    Optional<String> name = part.text();
    if (name.isEmpty()) {
      return;
    }
    try {
      Path file = folder.resolve(name.get());
      if (!Files.isRegularFile(file)) {
        part.problem(
            "%s is not a file beside cluster.yaml (looked for %s); put it there"
                .formatted(Problems.quote(name.get()), file));
        return;
      }
      pem(part, name.get(), file);
    } catch (IOException | InvalidPathException unreadable) {
      part.problem(
          "%s cannot be read (%s); check its name and its mode"
              .formatted(Problems.quote(name.get()), unreadable));
    }
  }

  private void pem(Part part, String name, Path file) throws IOException {
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(LIMIT), StandardCharsets.ISO_8859_1);
    }
    if (text.contains("PRIVATE KEY-----")) {
      part.problem(
          "%s holds a private key; leave only the certificates in it"
              .formatted(Problems.quote(name)));
    } else if (!text.contains("-----BEGIN CERTIFICATE-----")) {
      part.problem(
          "%s holds no '-----BEGIN CERTIFICATE-----'; give the CA's certificate in PEM form"
              .formatted(Problems.quote(name)));
    } else if (!parses(text)) {
      part.problem(
          "%s holds a certificate that cannot be read; copy the file anew"
              .formatted(Problems.quote(name)));
    } else {
      read.put(part.spot().pointer(), new Cluster.CaFile(name, text));
    }
  }

  private static boolean parses(String pem) {
    try {
      byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
      return !CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes))
          .isEmpty();
    } catch (CertificateException broken) {
      return false;
    }
  }

  /** The file that a part names, once it was read without a problem. */
  Optional<Cluster.CaFile> of(Part part) {
    return Optional.ofNullable(read.get(part.spot().pointer()));
  }
}

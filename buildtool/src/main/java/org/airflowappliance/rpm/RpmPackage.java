package org.airflowappliance.rpm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.plan.Signer;

/**
 * Writes a signed binary RPM; the same specification, time and key give the same bytes.
 *
 * <p>The header stands before the payload and holds its digest, so the payload is written beside
 * the target first and appended then.
 */
public final class RpmPackage {
  private RpmPackage() {}

  /** Told how far the writing of a package is. */
  @FunctionalInterface
  interface Progress {
    /** Both in bytes of the package's files. */
    void written(long bytes, long total);
  }

  /** Writes the package to {@code target}, all times being {@code epoch}. */
  public static void write(RpmSpec spec, Instant epoch, Signer signer, Path target)
      throws IOException {
    write(spec, epoch, signer, target, (bytes, total) -> {});
  }

  static void write(RpmSpec spec, Instant epoch, Signer signer, Path target, Progress progress)
      throws IOException {
    List<PackagedFile> files = PackagedFile.of(spec);
    long size = files.stream().mapToLong(PackagedFile::size).sum();
    int time = Entry.unsigned(RpmTag.BUILD_TIME, epoch.getEpochSecond());
    Path archive = target.resolveSibling(target.getFileName() + ".payload");
    try {
      Entry.unsigned(RpmTag.SIZE, size);
      Payload payload = Payload.write(files, time, archive, done -> progress.written(done, size));
      List<Entry> entries = new ArrayList<>(PackageEntries.of(spec, epoch, size, payload));
      entries.addAll(Relations.entries(spec));
      entries.addAll(FileEntries.of(files, payload.fileDigests(), time));
      byte[] header = Redline.header(entries);
      byte[] signature =
          Redline.signature(SignatureEntries.of(header, archive, payload, signer, epoch));
      join(target, List.of(Redline.lead(spec), signature, header), archive);
    } finally {
      Files.deleteIfExists(archive);
    }
  }

  private static void join(Path target, List<byte[]> parts, Path archive) throws IOException {
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      for (byte[] part : parts) {
        out.write(part);
      }
      Files.copy(archive, out);
    }
  }
}

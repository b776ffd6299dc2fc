package org.airflowappliance.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.airflowappliance.lock.Store.Kept;

/**
 * The part of the Store that holds finished files, each with its digest beside it; the digest's
 * time is when it was used last.
 *
 * @param folder where they stand
 */
record FinishedFiles(Path folder) {
  private static final String DIGEST = ".sha256";

  /**
   * Copies the finished file of a fingerprint to {@code target}; one whose bytes changed since is
   * dropped.
   */
  Optional<Kept> copy(String fingerprint, Path target) throws IOException {
    Path file = folder.resolve(fingerprint);
    Path digest = digestOf(file);
    try {
      String expected = Files.readString(digest).strip();
      Files.setLastModifiedTime(digest, FileTime.from(Instant.now()));
      Digests.Copied copied = Digests.copy(file, target);
      if (copied.sha256().equals(expected)) {
        return Optional.of(new Kept(copied.size(), expected));
      }
      Files.delete(digest);
      Files.deleteIfExists(target);
      return Optional.empty();
    } catch (NoSuchFileException absent) {
      Files.deleteIfExists(target);
      return Optional.empty();
    }
  }

  /** Keeps a finished file under the fingerprint of what it was made from. */
  Kept keep(String fingerprint, Path source) throws IOException {
    Path file = folder.resolve(fingerprint);
    Files.createDirectories(file.getParent());
    Path temporary = Files.createTempFile(file.getParent(), "new-", "");
    try {
      Digests.Copied copied = Digests.copy(source, temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      // the digest comes last: without it the file does not count
      Path text = Files.createTempFile(file.getParent(), "new-", "");
      Files.writeString(text, copied.sha256());
      Files.move(
          text,
          digestOf(file),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      return new Kept(copied.size(), copied.sha256());
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Removes the finished files that were not used since a time. One that another process is about
   * to copy is whole for it or absent, since its digest goes first.
   */
  void prune(Instant since) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> list = Files.list(folder)) {
      all = list.sorted().toList();
    }
    for (Path each : all) {
      boolean digest = each.toString().endsWith(DIGEST);
      // a file's time is its digest's; what has none was left by a killed run
      if ((digest || !Files.exists(digestOf(each))) && isOlder(each, since)) {
        Files.deleteIfExists(each);
        if (digest) {
          String path = each.toString();
          Files.deleteIfExists(Path.of(path.substring(0, path.length() - DIGEST.length())));
        }
      }
    }
  }

  private static boolean isOlder(Path file, Instant since) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(since);
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  private static Path digestOf(Path file) {
    return file.resolveSibling(file.getFileName() + DIGEST);
  }
}

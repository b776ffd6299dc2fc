package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.airflowappliance.file.Tally;

/**
 * The files of a release's folder as they are.
 *
 * @param folder where they are
 * @param seen each by its path in the folder
 * @param others what is neither a file nor a folder
 */
record ReleaseFiles(Path folder, TreeMap<String, Seen> seen, List<String> others) {
  /** A file's size in bytes and its SHA-256, hexadecimal. */
  record Seen(long size, String sha256) {}

  /** Reads every file once, as many at a time as there are processors. */
  static ReleaseFiles of(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.filter(each -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    Map<Boolean, List<Path>> kinds =
        all.stream()
            .collect(
                Collectors.partitioningBy(
                    each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)));
    try {
      return new ReleaseFiles(
          folder,
          kinds.get(true).parallelStream()
              .collect(
                  Collectors.toMap(
                      each -> path(folder, each),
                      ReleaseFiles::read,
                      (one, other) -> one,
                      TreeMap::new)),
          kinds.get(false).stream().map(each -> path(folder, each)).sorted().toList());
    } catch (UncheckedIOException problem) {
      throw problem.getCause();
    }
  }

  private static String path(Path folder, Path file) {
    return folder.relativize(file).toString();
  }

  private static Seen read(Path file) {
    try (InputStream in = Files.newInputStream(file);
        Tally bytes = new Tally(OutputStream.nullOutputStream())) {
      in.transferTo(bytes);
      return new Seen(bytes.size(), bytes.hex());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Where a file is. */
  Path at(String path) {
    return folder.resolve(path);
  }

  Optional<Seen> find(String path) {
    return Optional.ofNullable(seen.get(path));
  }

  /** The paths that a pattern matches as a whole. */
  List<String> matching(String pattern) {
    return seen.keySet().stream().filter(each -> each.matches(pattern)).toList();
  }

  /** A file's text. */
  String text(String path) throws IOException {
    return Files.readString(at(path));
  }

  /** A file's JSON. */
  JsonNode json(String path) throws IOException {
    return new ObjectMapper().readTree(at(path).toFile());
  }

  /** Bytes of all files. */
  long size() {
    return seen.values().stream().mapToLong(Seen::size).sum();
  }
}

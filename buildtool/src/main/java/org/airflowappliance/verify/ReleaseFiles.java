package org.airflowappliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.airflowappliance.file.Tally;

/**
 * The files of a release's folder as they are.
 *
 * @param folder where they are
 * @param seen each by its path in the folder
 * @param unfit what is neither a file nor a folder, or cannot be read, with the reason
 */
record ReleaseFiles(Path folder, TreeMap<String, Seen> seen, TreeMap<String, String> unfit) {
  /** More than any file has that is read as a whole. */
  private static final long LIMIT = 64 << 20;

  /** A file's size in bytes and its SHA-256, hexadecimal. */
  record Seen(long size, String sha256) {}

  /** Reads every file once, as many at a time as there are processors. */
  static ReleaseFiles of(Path given) throws IOException {
    // a release may be served by a link to the newest one
    Path folder = given.toRealPath();
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.filter(each -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    Map<String, Seen> seen = new ConcurrentSkipListMap<>();
    Map<String, String> unfit = new ConcurrentSkipListMap<>();
    all.parallelStream()
        .forEach(
            each -> {
              String path = folder.relativize(each).toString();
              if (!Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                unfit.put(path, "is no file but a link or a device; remove it");
                return;
              }
              try {
                seen.put(path, read(each));
              } catch (IOException problem) {
                unfit.put(path, "cannot be read (" + problem + "); see to its mode and its disk");
              }
            });
    return new ReleaseFiles(folder, new TreeMap<>(seen), new TreeMap<>(unfit));
  }

  private static Seen read(Path file) throws IOException {
    Tally bytes = Tally.of(file);
    return new Seen(bytes.size(), bytes.hex());
  }

  /** Where a file is. */
  Path at(String path) {
    return folder.resolve(path);
  }

  Optional<Seen> find(String path) {
    return Optional.ofNullable(seen.get(path));
  }

  boolean has(String path) {
    return seen.containsKey(path);
  }

  /** The paths that a pattern matches as a whole. */
  List<String> matching(String pattern) {
    return seen.keySet().stream()
        .filter(each -> each.matches(pattern))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** A file's bytes, which are those that were seen: who writes meanwhile deceives nobody. */
  byte[] bytes(String path) throws IOException {
    Seen was = find(path).orElseThrow(() -> new NoSuchFileException(path));
    if (was.size() > LIMIT) {
      throw new IOException("it has " + was.size() + " bytes, which none of a release has");
    }
    byte[] bytes = Files.readAllBytes(at(path));
    if (!HexFormat.of().formatHex(Tally.digest("SHA-256").digest(bytes)).equals(was.sha256())) {
      throw new IOException("it was changed meanwhile");
    }
    return bytes;
  }

  /** A file's text. */
  String text(String path) throws IOException {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** A file's JSON. */
  JsonNode json(String path) throws IOException {
    return new ObjectMapper().readTree(bytes(path));
  }

  /** Bytes of all files. */
  long size() {
    return seen.values().stream().mapToLong(Seen::size).sum();
  }
}

package org.airflowappliance.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Where releases are published: a folder that a web server serves, or a bucket. Paths are relative
 * to it, with slashes. Every file in it is whole at any time: the new one or the one before.
 *
 * <p>What goes wrong and can be mended by who publishes is a {@link PublishProblem}.
 */
public interface Place extends AutoCloseable {
  /** As the user named it. */
  String name();

  /**
   * From now on it is changed; until then nothing is.
   *
   * @return whether other publishers are kept out until this is closed
   */
  boolean begin() throws IOException;

  /** Of those files, the ones that are there, with their SHA-256. */
  Map<String, String> digests(Collection<String> paths) throws IOException;

  /** The names of what is in a folder; folders end with a slash. None where there is no folder. */
  List<String> names(String folder) throws IOException;

  /** A small file. */
  Optional<Text> read(String path) throws IOException;

  /**
   * Writes a file from a release's.
   *
   * @param sent is told the bytes as they are sent
   */
  void put(String path, Path file, String sha256, LongConsumer sent) throws IOException;

  /** Writes a file from one that is there, whose digest is known to be this. */
  void copy(String from, String to, String sha256) throws IOException;

  /**
   * Writes a small file if it is still as it was read, or still absent.
   *
   * @return false when somebody else has written it meanwhile; then nothing is changed
   */
  boolean replace(String path, Optional<Text> before, String text) throws IOException;

  /** Takes files away. */
  void delete(Collection<String> paths) throws IOException;

  /** Takes a folder away, with all that is in it. */
  void deleteFolder(String folder) throws IOException;

  @Override
  void close();

  /**
   * A file as it was read.
   *
   * @param text all of it
   * @param version by which the place knows this very content
   */
  record Text(String text, String version) {}
}

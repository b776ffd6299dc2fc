package org.airflowappliance.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A folder that is gone when its user is, also when that was interrupted. */
public final class TemporaryFolder implements AutoCloseable {
  private final Path path;
  private final Thread hook = new Thread(this::removeQuietly);

  private TemporaryFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * An empty folder that nobody else can read.
   *
   * @param where the folder it is made in; empty for the machine's place for such
   * @param prefix of its name
   */
  public static TemporaryFolder in(Optional<Path> where, String prefix) throws IOException {
    return new TemporaryFolder(
        where.isPresent()
            ? Files.createTempDirectory(where.get(), prefix)
            : Files.createTempDirectory(prefix));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException goingDown) {
      return; // the hook does it
    }
    Deletion.of(path);
  }

  private void removeQuietly() {
    try {
      Deletion.of(path);
    } catch (IOException leftBehind) {
      System.err.println(path + ": could not be removed (" + leftBehind + "); remove it");
    }
  }
}

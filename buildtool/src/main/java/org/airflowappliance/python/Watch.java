package org.airflowappliance.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Counts about twice a second what a running program has finished in a folder. */
final class Watch {
  private static final long PAUSE_MILLIS = 500;

  private final Path folder;
  private final int depth;
  private final String suffix;
  private final Thread thread;

  /**
   * Begins to count.
   *
   * @param depth how many levels of folders are looked at
   * @param suffix how a name ends that counts
   * @param counted told each number
   */
  Watch(Path folder, int depth, String suffix, LongConsumer counted) {
    this.folder = folder;
    this.depth = depth;
    this.suffix = suffix;
    this.thread = new Thread(() -> watch(counted), "watch of " + suffix);
    thread.setDaemon(true);
    thread.start();
  }

  private void watch(LongConsumer counted) {
    try {
      while (true) {
        Thread.sleep(PAUSE_MILLIS);
        counted.accept(count(folder, depth, suffix));
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** Names that end so; what vanishes meanwhile ends this count. */
  static long count(Path folder, int depth, String suffix) {
    long found = 0;
    try (Stream<Path> walk = Files.walk(folder, depth)) {
      for (Path each : (Iterable<Path>) walk::iterator) {
        if (each.toString().endsWith(suffix)) {
          found++;
        }
      }
    } catch (IOException | UncheckedIOException vanished) {
      return found;
    }
    return found;
  }

  /** Ends it; nothing is counted any more when this returns. */
  void end() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

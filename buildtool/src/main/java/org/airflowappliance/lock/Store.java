package org.airflowappliance.lock;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The cache: downloads by their SHA-256, derived folders and finished files by the digest of what
 * they are made from. Several processes may use it at once; what was only half written is never
 * used.
 */
public final class Store {
  /** A file lock belongs to the whole process, so its threads have to agree before. */
  private static final ConcurrentHashMap<Path, Object> MONITORS = new ConcurrentHashMap<>();

  /** How often a lock of another process is asked for. */
  private static final Duration ASKING = Duration.ofMillis(50);

  private final Path folder;
  private final Mirrors mirrors;
  private final boolean offline;
  private final Progress progress;
  private final FinishedFiles finished;

  /** Says what is being done. */
  @FunctionalInterface
  public interface Progress {
    /** {@code total} is in bytes, 0 when unknown. */
    void progress(String what, long bytes, long total);
  }

  /** Fills an empty folder. */
  @FunctionalInterface
  public interface Making {
    /** Called once, with an empty folder. */
    void fill(Path empty) throws IOException;
  }

  /** A finished file: its size in bytes and its SHA-256. */
  public record Kept(long size, String sha256) {}

  /** A cache in {@code folder}, which is made when it is missing. */
  public Store(Path folder, Mirrors mirrors, boolean offline, Progress progress) {
    this.folder = folder;
    this.mirrors = mirrors;
    this.offline = offline;
    this.progress = progress;
    this.finished = new FinishedFiles(folder.resolve("artifacts"));
  }

  /** Whether nothing but the cache may be used. */
  public boolean offline() {
    return offline;
  }

  /** The file of a pin, fetched when it is not there yet. */
  public Path pinned(Pin pin) throws IOException {
    return pinned(pin, mirrors::bases);
  }

  /** The same from a server that is no mirror of Debian; the pin's location is below its base. */
  public Path pinned(Pin pin, URI base) throws IOException {
    return pinned(pin, () -> List.of(base));
  }

  private Path pinned(Pin pin, Supplier<List<URI>> bases) throws IOException {
    Path file = folder.resolve("downloads").resolve(pin.sha256());
    return locked(
        "downloads-" + pin.sha256(),
        () -> {
          if (!Files.isRegularFile(file)) {
            if (offline) {
              throw new StoreProblem(
                  pin.name()
                      + " "
                      + pin.version()
                      + ": not in the cache "
                      + folder
                      + ", and --offline forbids to fetch it; run once without --offline");
            }
            Files.createDirectories(file.getParent());
            new Download(pin, bases.get(), progress).to(file);
          }
          return file;
        });
  }

  /**
   * The folder that was made by {@code recipe}, made now when it is not there yet.
   *
   * @param name short name, for progress
   */
  public Path derived(String name, String recipe, Making making) throws IOException {
    Path target = folder.resolve("derived").resolve(name + "-" + recipe.substring(0, 32));
    return locked(
        "derived-" + target.getFileName(),
        () -> {
          if (!Files.isDirectory(target)) {
            Files.createDirectories(target.getParent());
            progress.progress("making " + name, 0, 0);
            // under the lock nobody else makes it: what stands here was left by a killed run
            Path empty = target.resolveSibling("half-" + target.getFileName());
            delete(empty);
            Files.createDirectory(empty);
            try {
              making.fill(empty);
              Files.move(empty, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
              delete(empty);
            }
          }
          return target;
        });
  }

  /** A folder that a package client keeps its own cache in. */
  public Path clientCache(String client) throws IOException {
    return Files.createDirectories(folder.resolve("clients").resolve(client));
  }

  /**
   * Copies the finished file of a fingerprint to {@code target}; one whose bytes changed since is
   * dropped.
   */
  public Optional<Kept> artifact(String fingerprint, Path target) throws IOException {
    return finished.copy(fingerprint, target);
  }

  /** Keeps a finished file under the fingerprint of what it was made from. */
  public Kept keep(String fingerprint, Path source) throws IOException {
    return finished.keep(fingerprint, source);
  }

  /** Removes the finished files that were not used since a time. */
  public void prune(Instant since) throws IOException {
    finished.prune(since);
  }

  private interface Step {
    Path run() throws IOException;
  }

  /** One thread of one process at a time per key. */
  private Path locked(String key, Step step) throws IOException {
    Path file = Files.createDirectories(folder.resolve("locks")).toRealPath().resolve(key);
    synchronized (MONITORS.computeIfAbsent(file, unused -> new Object())) {
      try (FileChannel channel =
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = waited(channel)) {
        if (!lock.isValid()) {
          throw new StoreProblem(file + ": the lock was lost; run the command again");
        }
        return step.run();
      }
    }
  }

  /**
   * Asks until nobody else has the lock. The kernel's own way to wait knows processes only: where
   * threads of two of them wait for each other's other threads, it fails with a deadlock that is
   * none.
   */
  private static FileLock waited(FileChannel channel) throws IOException {
    for (FileLock lock = channel.tryLock(); ; lock = channel.tryLock()) {
      if (lock != null) {
        return lock;
      }
      LockSupport.parkNanos(ASKING.toNanos());
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}

package org.airflowappliance.release;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The folder beside a release in which the next one is written. A lock file beside it shows that
 * its build lives: what a killed build left is removed by the next one.
 */
final class Scratch implements AutoCloseable {
  private static final String LOCK = ".lock";

  /** Those of this process, whose locks would be lost if their files were opened again. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Path lockFile;
  private final FileLock lock;
  private final Thread hook = new Thread(this::end);
  private boolean ended;

  private Scratch(Path lockFile, FileLock lock) {
    this.folder = withoutLock(lockFile);
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /** An empty folder beside {@code target}, which only its owner can read yet. */
  static synchronized Scratch beside(Path target) throws IOException {
    sweep(target);
    Path file = Files.createTempFile(target.getParent(), target.getFileName() + ".new-", LOCK);
    OWN.add(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Scratch scratch = new Scratch(file, channel.lock());
    Files.createDirectory(
        scratch.folder,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Runtime.getRuntime().addShutdownHook(scratch.hook);
    return scratch;
  }

  Path folder() {
    return folder;
  }

  /**
   * Puts the folder, which everybody may read now, in the place of a release.
   *
   * @throws IOException also when the process is ending: half of the folder may be gone
   */
  synchronized void replace(Path target) throws IOException {
    if (ended) {
      throw new IOException(target + ": stays as it was, since the build was ended; build again");
    }
    Path old = old(folder);
    Files.setPosixFilePermissions(folder, Folders.PUBLIC);
    if (Files.exists(target)) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException problem) {
      if (Files.exists(old)) {
        Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      }
      throw problem;
    }
    Folders.delete(old);
  }

  /** Where the release that is replaced stands until the new one is in its place. */
  private static Path old(Path folder) {
    return folder.resolveSibling(folder.getFileName().toString().replace(".new-", ".old-"));
  }

  private static Path withoutLock(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - LOCK.length()));
  }

  /** Removes what dead builds of this target left. */
  private static void sweep(Path target) throws IOException {
    String prefix = target.getFileName() + ".new-";
    List<Path> locks;
    try (Stream<Path> list = Files.list(target.getParent())) {
      locks =
          list.filter(file -> file.getFileName().toString().startsWith(prefix))
              .filter(file -> file.toString().endsWith(LOCK) && !OWN.contains(file))
              .toList();
    }
    for (Path file : locks) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          remove(target, withoutLock(file), file);
        }
      } catch (FileSystemException gone) {
        continue; // another build sweeps at the same time, or it is another user's
      }
    }
  }

  /** A build that died between its two renames had the only release in its hands. */
  private static void remove(Path target, Path folder, Path file) throws IOException {
    if (Files.exists(old(folder)) && !Files.exists(target)) {
      Files.move(old(folder), target, StandardCopyOption.ATOMIC_MOVE);
    }
    Folders.delete(old(folder));
    Folders.delete(folder);
    Files.deleteIfExists(file);
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException goingDown) {
      return; // the hook does the rest
    }
    removeAll();
  }

  private void removeAll() throws IOException {
    Folders.delete(folder);
    Files.deleteIfExists(lockFile);
    OWN.remove(lockFile);
    lock.acquiredBy().close();
  }

  /**
   * What the process does at its end: nothing is replaced any more, and what is being replaced is
   * waited for. Its other threads may still write: then the next build sweeps.
   */
  synchronized void end() {
    ended = true;
    try {
      removeAll();
    } catch (IOException | UncheckedIOException stillWriting) {
      // the lock goes with the process, so the next build knows it for dead
    }
  }
}

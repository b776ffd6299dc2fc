package org.airflowappliance.publish;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.file.Tally;

/** A folder that any web server serves; one publisher at a time, by a lock that ends with it. */
final class FolderPlace implements Place {
  private static final String LOCK = ".publish.lock";

  /** What is being written; a repetition overwrites what an interrupted one left. */
  private static final String UNFINISHED = ".unfinished";

  private static final int BUFFER = 1 << 18;

  private final Path root;
  private Optional<FileChannel> lock = Optional.empty();

  FolderPlace(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** Makes the folder where there is none; one that another publisher has locked is refused. */
  @Override
  public boolean begin() throws IOException {
    make(root);
    FileChannel channel =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!held(channel)) {
      channel.close();
      throw new PublishProblem(
          root + ": another `appliance publish` is at work there; repeat this when it has ended");
    }
    lock = Optional.of(channel);
    return true;
  }

  /** With what is above it, open to a web server whatever the umask. */
  private static synchronized void make(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (folder.getParent() != null) {
      make(folder.getParent());
    }
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean held(FileChannel lock) throws IOException {
    try {
      FileLock held = lock.tryLock();
      return held != null;
    } catch (OverlappingFileLockException ours) {
      return false;
    }
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  public Map<String, String> digests(Collection<String> paths) {
    Map<String, String> found = new ConcurrentHashMap<>();
    paths.parallelStream()
        .forEach(path -> digest(root.resolve(path)).ifPresent(each -> found.put(path, each)));
    return found;
  }

  /** None for what cannot be read: it is written anew, and if that fails, it says why. */
  private static Optional<String> digest(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Tally.of(file).hex());
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> names(String folder) throws IOException {
    Path path = root.resolve(folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(path)) {
      return all.map(each -> each.getFileName() + (Files.isDirectory(each) ? "/" : ""))
          .sorted()
          .toList();
    }
  }

  @Override
  public Optional<Text> read(String path) throws IOException {
    try {
      String text = Files.readString(root.resolve(path));
      return Optional.of(new Text(text, text));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  @Override
  public void put(String path, Path file, String sha256, LongConsumer sent) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      if (!write(path, in, sent).equals(sha256)) {
        Files.delete(unfinished(path));
        throw new PublishProblem(
            file + ": was changed while it was published; leave the release alone and repeat");
      }
    }
    finish(path);
  }

  /** Writes beside the file, and gives the SHA-256 of what was written. */
  private String write(String path, InputStream in, LongConsumer sent) throws IOException {
    Path unfinished = unfinished(path);
    try (FileChannel channel =
            FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        Tally out = new Tally(Channels.newOutputStream(channel))) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        sent.accept(count);
      }
      channel.force(true);
      return out.hex();
    } catch (IOException problem) {
      Files.deleteIfExists(unfinished);
      throw new PublishProblem(
          "%s: %s cannot be written (%s); mend that and repeat, what is there already is not written again"
              .formatted(root, path, problem.getMessage()),
          problem);
    }
  }

  @Override
  public void copy(String from, String to, String sha256) throws IOException {
    Path unfinished = unfinished(to);
    Files.deleteIfExists(unfinished);
    try {
      Files.createLink(unfinished, root.resolve(from));
    } catch (UnsupportedOperationException | FileSystemException noLinks) {
      Files.copy(root.resolve(from), unfinished, StandardCopyOption.REPLACE_EXISTING);
    }
    finish(to);
  }

  @Override
  public boolean replace(String path, Optional<Text> before, String text) throws IOException {
    if (!read(path).map(Text::text).equals(before.map(Text::text))) {
      return false;
    }
    write(path, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), unused -> {});
    finish(path);
    return true;
  }

  private Path unfinished(String path) throws IOException {
    Path target = root.resolve(path);
    if (!Files.isDirectory(target.getParent())) {
      make(target.getParent());
    }
    return target.resolveSibling("." + target.getFileName() + UNFINISHED);
  }

  private void finish(String path) throws IOException {
    Path unfinished = unfinished(path);
    // a web server is another user
    Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(
        unfinished,
        root.resolve(path),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    for (String path : paths) {
      Files.deleteIfExists(root.resolve(path));
    }
  }

  @Override
  public void deleteFolder(String folder) throws IOException {
    Deletion.of(root.resolve(folder));
  }

  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}

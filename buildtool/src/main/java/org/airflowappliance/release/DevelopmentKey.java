package org.airflowappliance.release;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;

/** The key that signs while no other is given: made once and kept, so that releases stay equal. */
final class DevelopmentKey {
  static final String USER_ID = "Airflow appliance DEVELOPMENT key (not for production)";
  // Before any release, so that gpg never finds a signature older than its key.
  private static final Instant CREATED = Instant.parse("2020-01-01T00:00:00Z");

  private DevelopmentKey() {}

  /** The key's file below {@code folder}. */
  static Path in(Path folder) throws IOException {
    Path file = folder.resolve("development.asc");
    if (Files.exists(file)) {
      return file;
    }
    Files.createDirectories(folder);
    synchronized (DevelopmentKey.class) {
      // Two builds that begin together must end up with one key.
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve("development.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.exists(file)) {
          store(file, NewKey.armoured(USER_ID, CREATED, Optional.empty()));
        }
      }
    }
    return file;
  }

  private static void store(Path file, String key) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            "development",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, key, StandardCharsets.US_ASCII);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}

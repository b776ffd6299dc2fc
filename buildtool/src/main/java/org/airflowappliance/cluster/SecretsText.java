package org.airflowappliance.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The text of a secrets file, of which no more is read than such a file can have; written whole.
 */
final class SecretsText {
  /** In bytes; a complete file has about 1,500. */
  private static final int LIMIT = 64 << 10;

  private SecretsText() {}

  static String of(Path file) {
    if (Files.isDirectory(file)) {
      throw new UnreadableSecrets(file + ": is a folder; name the secrets file in it");
    }
    if (!Files.exists(file)) {
      throw new UnreadableSecrets(
          file + ": there is no such file; `appliance secrets new FILE` writes one");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw new UnreadableSecrets(
            "%s: has more than %d bytes, but a secrets file has about 1500; name another file"
                .formatted(file, LIMIT));
      }
      return decoded(file, bytes);
    } catch (IOException unreadable) {
      throw new UnreadableSecrets(
          file + ": cannot be read (" + unreadable + "); check its owner and its mode");
    }
  }

  private static String decoded(Path file, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException other) {
      throw new UnreadableSecrets(file + ": is not UTF-8; save the file in UTF-8");
    }
  }

  /** Writes a file anew or for the first time, readable by its owner only; a link stays one. */
  static void replace(Path file, String text) {
    try {
      boolean there = Files.exists(file);
      Path target = there ? file.toRealPath() : file.toAbsolutePath();
      Path fresh =
          Files.createTempFile(
              target.getParent(),
              target.getFileName() + ".",
              ".new",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
          channel.write(StandardCharsets.UTF_8.encode(text));
          channel.force(true);
        }
        if (there) {
          Files.setOwner(fresh, Files.getOwner(target));
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}

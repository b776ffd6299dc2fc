package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A new file with secrets: its owner's alone, and never over an existing one. */
final class PrivateFile {
  private PrivateFile() {}

  /** Refuses a place where none can be made, before the work for it is done. */
  static void refuse(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UserError(
          file + ": exists already and is kept; choose another name or move it away");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new UserError(file + ": there is no folder " + folder + "; make it first");
    }
  }

  /** Writes it whole, or leaves none. */
  static void write(Path file, String text) throws IOException {
    refuse(file);
    try (WritableByteChannel channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException problem) {
        Files.delete(file);
        throw problem;
      }
    }
  }
}

package org.airflowappliance.rpm;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before the payload of a package's file.
 *
 * @param signature the signature header
 * @param tags the main header
 * @param start where the main header begins in the file
 * @param end where it ends and the payload begins
 * @param fileSize bytes of the whole file
 */
public record RpmHeader(TagTable signature, TagTable tags, long start, long end, long fileSize) {
  private static final int LEAD_SIZE = 96;

  /** Reads the headers of a package. */
  public static RpmHeader read(Path rpm) throws IOException {
    try (FileChannel channel = FileChannel.open(rpm)) {
      TagTable.ByteReader file = (start, length) -> bytes(channel, rpm, start, length);
      TagTable signature = TagTable.read(file, rpm.toString(), LEAD_SIZE);
      // The main header is aligned to 8 bytes.
      long start = (LEAD_SIZE + signature.length() + 7L) & ~7L;
      TagTable tags = TagTable.read(file, rpm.toString(), start);
      return new RpmHeader(signature, tags, start, start + tags.length(), channel.size());
    }
  }

  private static ByteBuffer bytes(FileChannel channel, Path rpm, long start, int length)
      throws IOException {
    if (length > channel.size() - start) {
      throw new EOFException(rpm + ": ends within its header; build it again");
    }
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new EOFException(rpm + ": ends within its header; build it again");
      }
    }
    return buffer.flip();
  }

  /** The package's files in the header's order. */
  public List<RpmFile> files() {
    List<String> names = tags.texts(RpmTag.BASE_NAMES);
    List<String> folders = tags.texts(RpmTag.DIR_NAMES);
    long[] indexes = tags.numbers(RpmTag.DIR_INDEXES);
    long[] modes = tags.numbers(RpmTag.FILE_MODES);
    long[] flags = tags.numbers(RpmTag.FILE_FLAGS);
    long[] sizes = tags.numbers(RpmTag.FILE_SIZES);
    List<String> users = tags.texts(RpmTag.FILE_USERS);
    List<String> groups = tags.texts(RpmTag.FILE_GROUPS);
    List<String> digests = tags.texts(RpmTag.FILE_DIGESTS);
    List<String> links = tags.texts(RpmTag.FILE_LINKS);
    List<RpmFile> files = new ArrayList<>(names.size());
    for (int at = 0; at < names.size(); at++) {
      files.add(
          new RpmFile(
              folders.get((int) indexes[at]) + names.get(at),
              (int) modes[at],
              (int) flags[at],
              sizes[at],
              users.get(at),
              groups.get(at),
              digests.get(at),
              links.get(at)));
    }
    return files;
  }
}

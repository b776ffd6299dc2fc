package org.airflowappliance.rpm;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.ParallelGzip;
import org.airflowappliance.file.Tally;

/**
 * What was learned while the compressed archive was written, each file having been read once.
 *
 * @param fileDigests SHA-256 of each of the package's files, empty for what has no bytes
 * @param digest SHA-256 of the compressed archive
 * @param size bytes of the uncompressed archive
 */
record Payload(List<String> fileDigests, String digest, long size) {
  private static final int ALIGNMENT = 4;

  Payload {
    fileDigests = List.copyOf(fileDigests);
  }

  /**
   * Streams the files as a compressed archive to {@code target}.
   *
   * @param progress told how many bytes of files are written, after each of them
   */
  static Payload write(List<PackagedFile> files, int time, Path target, LongConsumer progress)
      throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(target));
        Tally compressed = new Tally(file);
        ParallelGzip gzip = new ParallelGzip(compressed, cores)) {
      Archive archive = new Archive(gzip, time);
      List<String> digests = new ArrayList<>();
      long done = 0;
      for (PackagedFile packaged : files) {
        digests.add(archive.add(packaged));
        done += packaged.size();
        progress.accept(done);
      }
      archive.end();
      gzip.finish();
      return new Payload(digests, compressed.hex(), archive.size());
    }
  }

  /** The archive in cpio's newc form. */
  private static final class Archive {
    private final BufferedOutputStream out;
    private final WritableByteChannel channel;
    private final int time;
    private int inode;
    private long written;

    Archive(OutputStream gzip, int time) {
      this.out = new BufferedOutputStream(new Counted(gzip), 1 << 16);
      this.channel = Channels.newChannel(out);
      this.time = time;
    }

    /** Adds the file and returns its digest. */
    String add(PackagedFile file) throws IOException {
      inode++;
      if (!file.carried()) {
        return "";
      }
      Redline.entry(channel, file, inode, time);
      Tally content = new Tally(out);
      file.content().writeTo(content);
      if (content.size() != file.size()) {
        throw new IOException(
            file.path()
                + ": has "
                + content.size()
                + " bytes but had "
                + file.size()
                + " when the package was begun; build again");
      }
      out.write(new byte[(int) (-file.size() & (ALIGNMENT - 1))]);
      return file.entry() instanceof Regular ? content.hex() : "";
    }

    void end() throws IOException {
      Redline.end(channel);
      out.flush();
    }

    long size() {
      return written;
    }

    private final class Counted extends FilterOutputStream {
      Counted(OutputStream out) {
        super(out);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        written += length;
      }
    }
  }
}

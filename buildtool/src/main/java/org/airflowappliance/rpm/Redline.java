package org.airflowappliance.rpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.redline_rpm.header.AbstractHeader;
import org.redline_rpm.header.Architecture;
import org.redline_rpm.header.Header;
import org.redline_rpm.header.Lead;
import org.redline_rpm.header.Signature;
import org.redline_rpm.payload.CpioHeader;

/**
 * The one class that knows the RPM library: lead, headers and archive entries, as bytes.
 *
 * <p>The library's own builder is not used: it takes the time from the clock, signs with SHA-1
 * only, counts characters where the archive counts bytes, and reads every file twice.
 */
final class Redline {
  private static final int INDEX_ENTRY_SIZE = 16;

  private Redline() {}

  /** The 96 bytes at the front of the file, which rpm reads no more than {@code file(1)} does. */
  static byte[] lead(RpmSpec spec) throws IOException {
    Lead lead = new Lead();
    lead.setName(spec.name() + "-" + spec.version() + "-" + spec.release());
    // The lead has one number for all of the x86 family.
    lead.setArch(spec.arch().equals("noarch") ? Architecture.NOARCH : Architecture.I386);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    lead.write(Channels.newChannel(out));
    return out.toByteArray();
  }

  /** The main header, which the digests and the signature cover as a whole. */
  static byte[] header(List<Entry> entries) throws IOException {
    return bytes(new Header(), RpmTag.HEADER_REGION, entries);
  }

  /** The signature header with its padding. */
  static byte[] signature(List<Entry> entries) throws IOException {
    return bytes(new Signature(), RpmTag.SIGNATURE_REGION, entries);
  }

  private static byte[] bytes(AbstractHeader header, int region, List<Entry> entries)
      throws IOException {
    for (Entry entry : entries) {
      if (header.getEntry(entry.tag()) != null) {
        throw new IllegalArgumentException("header entry " + entry.tag() + " is there twice");
      }
      header.createEntry(entry.tag(), entry.type(), entry.values());
    }
    header.createEntry(region, Entry.BYTES, trailer(region, entries.size() + 1));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int padding = header.write(Channels.newChannel(out));
    out.write(new byte[padding]);
    return out.toByteArray();
  }

  /** The region's own index entry, which points back over all entries. */
  private static byte[] trailer(int region, int count) {
    return ByteBuffer.allocate(INDEX_ENTRY_SIZE)
        .putInt(region)
        .putInt(Entry.BYTES)
        .putInt(-count * INDEX_ENTRY_SIZE)
        .putInt(INDEX_ENTRY_SIZE)
        .array();
  }

  /**
   * Writes what stands before a file's bytes in the archive, aligned to 4 bytes.
   *
   * @param inode unique, so that rpm takes no two files for one
   */
  static void entry(WritableByteChannel out, PackagedFile file, int inode, int time)
      throws IOException {
    CpioHeader header = new CpioHeader("." + file.path());
    header.setType(file.type() >> 12);
    header.setPermissions(file.entry().mode());
    header.setInode(inode);
    header.setMtime(Integer.toUnsignedLong(time) * 1000);
    header.setFileSize((int) file.size());
    header.write(out, 0);
  }

  /** Writes the archive's end. */
  static void end(WritableByteChannel out) throws IOException {
    CpioHeader header = new CpioHeader();
    header.setPermissions(0);
    header.setLast();
    header.write(out, 0);
  }
}

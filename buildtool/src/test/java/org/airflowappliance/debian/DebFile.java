package org.airflowappliance.debian;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/** Small packages of the tests' own. */
public final class DebFile {
  private DebFile() {}

  /** Adds the package's files. */
  public interface Filling {
    /** Called once. */
    void fill(TarArchiveOutputStream tar) throws IOException;
  }

  /** Writes a package whose files are in the given member, such as data.tar.xz. */
  public static void write(Path file, String member, String control, Filling filling)
      throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("debian-binary", "2.0\n".getBytes(UTF_8));
    members.put("control.tar.xz", tar("control.tar.xz", tar -> file(tar, "./control", control)));
    members.put(member, tar(member, filling));
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> each : members.entrySet()) {
        ar.putArchiveEntry(new ArArchiveEntry(each.getKey(), each.getValue().length));
        ar.write(each.getValue());
        ar.closeArchiveEntry();
      }
    }
  }

  private static byte[] tar(String member, Filling filling) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(packed(member, data), UTF_8.name())) {
      filling.fill(tar);
    }
    return data.toByteArray();
  }

  private static OutputStream packed(String member, OutputStream out) throws IOException {
    if (member.endsWith(".xz")) {
      return new XZCompressorOutputStream(out);
    }
    return member.endsWith(".gz") ? new GzipCompressorOutputStream(out) : out;
  }

  /** A file whose text is its name. */
  public static void file(TarArchiveOutputStream tar, String name, int mode) throws IOException {
    file(tar, name, name, mode);
  }

  private static void file(TarArchiveOutputStream tar, String name, String text)
      throws IOException {
    file(tar, name, text, 0644);
  }

  private static void file(TarArchiveOutputStream tar, String name, String text, int mode)
      throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  /** A link or device. */
  public static void link(TarArchiveOutputStream tar, byte kind, String name, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }
}

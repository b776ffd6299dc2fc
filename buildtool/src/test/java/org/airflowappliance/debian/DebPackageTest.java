package org.airflowappliance.debian;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebPackageTest {
  @TempDir Path folder;

  private interface Filling {
    void fill(TarArchiveOutputStream tar) throws IOException;
  }

  private DebPackage deb(String member, Filling filling) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(packed(member, data))) {
      filling.fill(tar);
    }
    Path file = folder.resolve("a.deb");
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      for (String name : new String[] {"debian-binary", "control.tar.xz", member}) {
        byte[] bytes = name.equals(member) ? data.toByteArray() : "2.0\n".getBytes(UTF_8);
        ar.putArchiveEntry(new ArArchiveEntry(name, bytes.length));
        ar.write(bytes);
        ar.closeArchiveEntry();
      }
    }
    return new DebPackage(file);
  }

  private static OutputStream packed(String member, OutputStream out) throws IOException {
    if (member.endsWith(".xz")) {
      return new XZCompressorOutputStream(out);
    }
    return member.endsWith(".gz") ? new GzipCompressorOutputStream(out) : out;
  }

  private static void file(TarArchiveOutputStream tar, String name, int mode) throws IOException {
    byte[] bytes = name.getBytes(UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, byte kind, String name, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  @ParameterizedTest
  @ValueSource(strings = {"data.tar", "data.tar.gz", "data.tar.xz"})
  void unpacksFilesFoldersAndLinks(String member) throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    deb(
            member,
            tar -> {
              file(tar, "./usr/bin/program", 0100755);
              file(tar, "./usr/share/text", 0100600);
              link(tar, TarConstants.LF_SYMLINK, "./usr/bin/name", "program");
              link(tar, TarConstants.LF_LINK, "./usr/bin/again", "./usr/bin/program");
            })
        .unpack(root);
    assertThat(root.resolve("usr/bin/again")).hasContent("./usr/bin/program");
    assertThat(Files.readSymbolicLink(root.resolve("usr/bin/name"))).hasToString("program");
    assertThat(mode(root.resolve("usr/bin/program"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(root.resolve("usr/share/text"))).isEqualTo("rw-r--r--");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void refusesNamesThatLeadOut() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    assertThatThrownBy(() -> deb("data.tar", tar -> file(tar, "../out", 0644)).unpack(root))
        .hasMessageContaining("../out leads out of the folder");
    assertThatThrownBy(
            () ->
                deb(
                        "data.tar",
                        tar -> {
                          link(tar, TarConstants.LF_SYMLINK, "./way", folder.toString());
                          file(tar, "./way/out", 0644);
                        })
                    .unpack(root))
        .hasMessageContaining("./way/out lies below the link");
    assertThatThrownBy(
            () ->
                deb("data.tar", tar -> link(tar, TarConstants.LF_LINK, "./b", "../a.deb"))
                    .unpack(root))
        .hasMessageContaining("leads out of the folder");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void refusesDevices() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    assertThatThrownBy(
            () -> deb("data.tar", tar -> link(tar, TarConstants.LF_CHR, "./null", "")).unpack(root))
        .hasMessageContaining("./null is neither file, folder nor link");
  }

  @Test
  void saysWhichCompressionItDoesNotKnow() {
    assertThatThrownBy(() -> deb("data.tar.zst", tar -> {}).unpack(folder))
        .hasMessageContaining("data.tar.zst has a compression that is not known here");
  }
}

package org.airflowappliance.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebPackageTest {
  @TempDir Path folder;

  private DebPackage deb(String member, DebFile.Filling filling) throws IOException {
    Path file = folder.resolve("a.deb");
    DebFile.write(file, member, "Package: a\nVersion: 1\n", filling);
    return new DebPackage(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data.tar", "data.tar.gz", "data.tar.xz"})
  void unpacksFilesFoldersAndLinks(String member) throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    deb(
            member,
            tar -> {
              DebFile.file(tar, "./usr/bin/program", 0100755);
              DebFile.file(tar, "./usr/share/text", 0100600);
              DebFile.link(tar, TarConstants.LF_SYMLINK, "./usr/bin/name", "program");
              DebFile.link(tar, TarConstants.LF_LINK, "./usr/bin/again", "./usr/bin/program");
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
    assertThatThrownBy(() -> deb("data.tar", tar -> DebFile.file(tar, "../out", 0644)).unpack(root))
        .hasMessageContaining("../out leads out of the folder");
    assertThatThrownBy(
            () ->
                deb(
                        "data.tar",
                        tar -> {
                          DebFile.link(tar, TarConstants.LF_SYMLINK, "./way", folder.toString());
                          DebFile.file(tar, "./way/out", 0644);
                        })
                    .unpack(root))
        .hasMessageContaining("./way/out lies below the link");
    assertThatThrownBy(
            () ->
                deb("data.tar", tar -> DebFile.link(tar, TarConstants.LF_LINK, "./b", "../a.deb"))
                    .unpack(root))
        .hasMessageContaining("leads out of the folder");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void refusesDevices() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    assertThatThrownBy(
            () ->
                deb("data.tar", tar -> DebFile.link(tar, TarConstants.LF_CHR, "./null", ""))
                    .unpack(root))
        .hasMessageContaining("./null is neither file, folder nor link");
  }

  @Test
  void tellsHardLinksAndItsControlFile() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    DebPackage deb =
        deb(
            "data.tar",
            tar -> {
              DebFile.file(tar, "./b", 0755);
              DebFile.link(tar, TarConstants.LF_LINK, "./a", "./b");
            });
    assertThat(deb.unpack(root)).containsExactly(Map.entry("/a", "/b"));
    assertThat(deb.control()).isEqualTo("Package: a\nVersion: 1\n");
  }

  @Test
  void saysWhichCompressionItDoesNotKnow() {
    assertThatThrownBy(() -> deb("data.tar.zst", tar -> {}).unpack(folder))
        .hasMessageContaining("data.tar.zst has a compression that is not known here");
  }
}

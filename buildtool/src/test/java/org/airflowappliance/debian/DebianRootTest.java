package org.airflowappliance.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianRootTest {
  @TempDir Path folder;

  private FileTree tree(DebFile.Filling filling) throws IOException {
    Path file = folder.resolve("a.deb");
    DebFile.write(file, "data.tar", "Package: a\nVersion: 1\nDescription: A\n more\n", filling);
    Path root = Files.createDirectory(folder.resolve("root"));
    return DebianRoot.unpack(List.of(file), root).tree();
  }

  private static String text(FileTree tree, String path) throws IOException {
    Regular file = (Regular) tree.find(path).orElseThrow();
    return new String(file.content().bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void allIsRootsAndNothingRunsAsAnotherUser() throws IOException {
    FileTree tree = tree(tar -> DebFile.file(tar, "./bin/su", 04755));
    FileEntry su = tree.find("/bin/su").orElseThrow();
    assertThat(su.mode()).isEqualTo(0755);
    assertThat(su.owner()).isEqualTo(Owner.ROOT);
  }

  @Test
  void theFirstNameIsTheFileAndTheOthersAreLinksToIt() throws IOException {
    FileTree tree =
        tree(
            tar -> {
              DebFile.file(tar, "./usr/bin/z", 0755);
              DebFile.link(tar, TarConstants.LF_LINK, "./usr/bin/m", "./usr/bin/z");
              DebFile.link(tar, TarConstants.LF_LINK, "./usr/bin/a", "./usr/bin/m");
            });
    assertThat(tree.find("/usr/bin/a").orElseThrow()).isInstanceOf(Regular.class);
    for (String name : List.of("/usr/bin/m", "/usr/bin/z")) {
      assertThat(tree.find(name)).contains(new HardLink(name, Owner.ROOT, 0755, "/usr/bin/a"));
    }
  }

  @Test
  void anyNameComesBackThoughTheDiskHasAsciiAlone() throws IOException {
    FileTree tree =
        tree(
            tar -> {
              DebFile.file(tar, "./etc/Főtanúsítvány 100%", 0644);
              DebFile.link(tar, TarConstants.LF_LINK, "./etc/서울", "./etc/Főtanúsítvány 100%");
              DebFile.link(tar, TarConstants.LF_SYMLINK, "./etc/link", "서울");
            });
    assertThat(text(tree, "/etc/Főtanúsítvány 100%")).isEqualTo("./etc/Főtanúsítvány 100%");
    assertThat(tree.find("/etc/서울").orElseThrow()).isInstanceOf(HardLink.class);
    assertThat(tree.find("/etc/link")).contains(new Symlink("/etc/link", Owner.ROOT, "서울"));
    assertThat(folder.resolve("root/etc").toFile().list()).allMatch(name -> name.matches("[ -~]+"));
  }

  @Test
  void thePackagesAreListedForScanners() throws IOException {
    FileTree tree = tree(tar -> DebFile.file(tar, "./a", 0644));
    assertThat(text(tree, "/var/lib/dpkg/status.d/a"))
        .isEqualTo("Package: a\nStatus: install ok installed\nVersion: 1\nDescription: A\n more\n");
  }

  @Test
  void theBundleOfCasIsMadeInTheOrderOfNames() throws IOException {
    FileTree tree =
        tree(
            tar -> {
              DebFile.file(tar, "./usr/share/ca-certificates/mozilla/B.crt", 0644);
              DebFile.file(tar, "./usr/share/ca-certificates/mozilla/A.crt", 0644);
              DebFile.file(tar, "./usr/share/ca-certificates/README", 0644);
            });
    assertThat(text(tree, "/etc/ssl/certs/ca-certificates.crt"))
        .isEqualTo(
            "./usr/share/ca-certificates/mozilla/A.crt\n./usr/share/ca-certificates/mozilla/B.crt\n");
    assertThat(tree.find("/usr/lib/ssl/cert.pem").orElseThrow()).isInstanceOf(Symlink.class);
  }
}

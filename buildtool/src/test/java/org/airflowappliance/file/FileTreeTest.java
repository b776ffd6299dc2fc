package org.airflowappliance.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
  private static Regular file(String path) {
    return new Regular(path, Owner.ROOT, 0644, Content.of(path));
  }

  @Test
  void entriesAreSortedWhateverTheirOrderWas() {
    FileTree tree = FileTree.of(List.of(file("/b"), file("/a/c"), file("/a/b")));
    assertThat(tree.entries()).extracting(FileEntry::path).containsExactly("/a/b", "/a/c", "/b");
  }

  @Test
  void twoEntriesOfOnePathAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileTree.of(List.of(file("/a"), file("/a"))))
        .withMessageStartingWith("/a: two entries");
  }

  @Test
  void nothingLiesBelowAFile() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileTree.of(List.of(file("/a"), file("/a/b"))))
        .withMessageContaining("/a/b: lies below /a");
  }

  @Test
  void pathsAreAbsoluteAndNormalised() {
    for (String path : List.of("a", "/a/", "//a", "/a/../b", "/", "")) {
      assertThatIllegalArgumentException().as(path).isThrownBy(() -> file(path));
    }
  }

  @Test
  void aHardLinkNeedsItsFileInTheSameTree() {
    HardLink link = new HardLink("/b", Owner.ROOT, 0644, "/a");
    FileTree both = FileTree.of(List.of(file("/a"), link));
    assertThat(both.find("/b")).contains(link);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.only(entry -> !entry.path().equals("/a")))
        .withMessageStartingWith("/b: is a hard link to /a, which is no file of the same tree");
  }

  @Test
  void whatIsLaidOverATreeWins() {
    Regular own = new Regular("/a", Owner.ROOT, 0600, Content.of("own"));
    FileTree tree = FileTree.of(List.of(file("/a"), file("/b"))).under(List.of(own));
    assertThat(tree.entries()).containsExactly(own, tree.find("/b").orElseThrow());
  }

  @Test
  void missingParentsAreAddedOnce() {
    FileTree tree =
        FileTree.of(List.of(file("/a/b/c"), new Directory("/a/b", Owner.ROOT, 0700)))
            .withParents(Owner.ROOT, 0755);
    assertThat(tree.entries()).extracting(FileEntry::path).containsExactly("/a", "/a/b", "/a/b/c");
    assertThat(tree.find("/a/b").orElseThrow().mode()).isEqualTo(0700);
  }

  @Test
  void aScanForgetsTheMask(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("data"), "x");
    Files.setPosixFilePermissions(
        folder.resolve("data"), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(folder.resolve("run"), "x");
    Files.setPosixFilePermissions(
        folder.resolve("run"), PosixFilePermissions.fromString("rwx------"));
    FileTree tree = FileTree.scan(folder, "/usr/lib/x", Owner.ROOT);
    assertThat(tree.find("/usr/lib/x/data").orElseThrow().mode()).isEqualTo(0644);
    assertThat(tree.find("/usr/lib/x/run").orElseThrow().mode()).isEqualTo(0755);
  }

  @Test
  void joinedTreesMayShareFoldersButNoFiles() {
    Directory shared = new Directory("/a", Owner.ROOT, 0755);
    FileTree left = FileTree.of(List.of(shared, file("/a/b")));
    assertThat(left.plus(FileTree.of(List.of(shared, file("/a/c")))).entries()).hasSize(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> left.plus(FileTree.of(List.of(file("/a/b")))));
  }
}

package org.airflowappliance.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.junit.jupiter.api.Test;

class PruningTest {
  private static List<String> left(List<String> prune, List<String> keep) {
    FileTree tree =
        FileTree.of(
            List.of(
                new Directory("/usr/share/doc", Owner.ROOT, 0755),
                new Directory("/usr/share/doc/a", Owner.ROOT, 0755),
                new Regular("/usr/share/doc/a/copyright", Owner.ROOT, 0644, Content.of("")),
                new Directory("/usr/share/doc/b", Owner.ROOT, 0755),
                new Regular("/usr/share/doc/b/NEWS.gz", Owner.ROOT, 0644, Content.of("")),
                new Directory("/var/empty", Owner.ROOT, 0755)));
    return new Pruning(prune, keep).of(tree).entries().stream().map(FileEntry::path).toList();
  }

  @Test
  void filesGoAndFoldersThatNothingIsLeftIn() {
    assertThat(left(List.of("/usr/share/doc/**"), List.of("/usr/share/doc/*/copyright")))
        .containsExactly(
            "/usr/share/doc", "/usr/share/doc/a", "/usr/share/doc/a/copyright", "/var/empty");
    assertThat(left(List.of("/usr/share/doc/**"), List.of())).containsExactly("/var/empty");
  }

  @Test
  void oneStarStaysInOneName() {
    assertThat(left(List.of("/usr/*/NEWS.gz"), List.of())).contains("/usr/share/doc/b/NEWS.gz");
    assertThat(left(List.of("/**/NEWS*"), List.of())).doesNotContain("/usr/share/doc/b/NEWS.gz");
  }
}

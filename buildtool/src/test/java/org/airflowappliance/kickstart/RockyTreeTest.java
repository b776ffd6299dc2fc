package org.airflowappliance.kickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.airflowappliance.lock.StoreProblem;
import org.junit.jupiter.api.Test;

class RockyTreeTest {
  private static final String TREE =
      """
      [checksums]
      images/install.img = sha256:%1$s
      images/pxeboot/initrd.img = sha256:%1$s
      images/pxeboot/vmlinuz = sha256:%2$s

      [general]
      ; a comment = of its own
      arch = x86_64
      family = Rocky Linux
      version = 8.10
      """
          .formatted("a".repeat(64), "b".repeat(64));

  @Test
  void digestsOfWhatBootsAreRead() {
    RockyTree tree = RockyTree.parse(".treeinfo", TREE);
    assertThat(tree.version()).isEqualTo("8.10");
    assertThat(tree.digests())
        .containsOnlyKeys("images/pxeboot/initrd.img", "images/pxeboot/vmlinuz")
        .containsEntry("images/pxeboot/vmlinuz", "b".repeat(64));
  }

  @Test
  void anotherDistributionOrVersionIsRefused() {
    for (String other : new String[] {"version = 9.4", "version = 80", "family = Fedora"}) {
      String key = other.substring(0, other.indexOf(' '));
      assertThatExceptionOfType(StoreProblem.class)
          .isThrownBy(
              () -> RockyTree.parse(".treeinfo", TREE.replaceAll("(?m)^" + key + " =.*$", other)))
          .withMessageContaining("instead of Rocky Linux 8 x86_64");
    }
  }

  @Test
  void aTreeWithoutADigestIsRefused() {
    assertThatExceptionOfType(StoreProblem.class)
        .isThrownBy(() -> RockyTree.parse(".treeinfo", TREE.replace("sha256:b", "sha1:b")))
        .withMessage(".treeinfo: has no SHA-256 of [images/pxeboot/vmlinuz]; name another mirror");
  }
}

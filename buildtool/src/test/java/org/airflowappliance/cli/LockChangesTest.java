package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LockChangesTest {
  @Test
  void namesWhatCameWentAndChanged() {
    String before =
        """
        gone==1.0 \\
            --hash=sha256:aa
        same==1.0 \\
            --hash=sha256:bb
        digest==1.0 \\
            --hash=sha256:cc
        newer==1.0 \\
            --hash=sha256:dd
        """;
    String after =
        """
        came==3.0 \\
            --hash=sha256:ee
        same==1.0 \\
            --hash=sha256:bb
        digest==1.0 \\
            --hash=sha256:cc \\
            --hash=sha256:ff
        newer==1.1 \\
            --hash=sha256:dd
        """;
    assertThat(LockChanges.between("x.lock", before, after))
        .containsExactly(
            "x.lock: came 3.0 added",
            "x.lock: digest 1.0 has other digests",
            "x.lock: gone 1.0 removed",
            "x.lock: newer 1.0 -> 1.1");
  }

  @Test
  void readsRowsOfDebianPackages() {
    assertThat(
            LockChanges.between(
                "interpreter.lock",
                "# name version location size sha256\na 1:2 pool/a 7 aa\nb 1 pool/b 7 bb\n",
                "# other comment\na 1:3 pool/a 7 aa\nb 1 pool/b 7 cc\n"))
        .containsExactly(
            "interpreter.lock: a 1:2 -> 1:3", "interpreter.lock: b 1 has other digests");
    assertThat(LockChanges.between("x", "a 1 b\n", "# comment\na 1 b\n"))
        .containsExactly("x: written in another form");
  }
}

package org.airflowappliance.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.release.Keys;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.rpm.RpmPackage;
import org.airflowappliance.rpm.RpmSpec;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.airflowappliance.rpm.RpmSpec.Script;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseDiffTest {
  private static final Instant EPOCH = Instant.parse("2022-04-06T00:00:00Z");
  private static final Owner USERS = new Owner("root", 0, "users", 100);
  private static PgpKey signer;

  @TempDir Path folder;
  private Path old;
  private Path fresh;

  @BeforeAll
  static void key() throws IOException {
    signer = Keys.signer();
  }

  @BeforeEach
  void releases() throws IOException {
    old = Files.createDirectories(folder.resolve("old/rpm")).getParent();
    fresh = Files.createDirectories(folder.resolve("new/rpm")).getParent();
  }

  @Test
  void equalReleasesHaveNoDifference() throws IOException {
    both("release.json", "{}", "{}");
    both("manifests/a.yaml", "a: 1\n", "a: 1\n");
    assertThat(lines()).isEmpty();
  }

  @Test
  void textsAreDiffedAndWhatFollowsComesLast() throws IOException {
    both("SHA256SUMS", "1", "2");
    both("manifests/a.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3");
    write(old, "gone.txt", "x");
    write(fresh, "new.txt", "xy");
    assertThat(lines())
        .containsExactly(
            "removed gone.txt (1 bytes)",
            "changed manifests/a.yaml",
            "  @@ -1,2 +1,2 @@",
            "   a: 1",
            "  -b: 2",
            "  +b: 3 (no newline at the end)",
            "added new.txt (2 bytes)",
            "changed SHA256SUMS",
            "  follows from the files that it lists or signs");
  }

  @Test
  void newlineAtTheEndIsADifference() throws IOException {
    both("a.txt", "a\n", "a");
    assertThat(lines()).contains("  -a", "  +a (no newline at the end)");
  }

  @Test
  void binariesAreToldBySizeAndDigest() throws IOException {
    both("pxe/a.efi", "a\0", "bc\0");
    assertThat(lines())
        .containsExactly(
            "changed pxe/a.efi", "  2 bytes sha256 ffe9aaeaa2a2 -> 3 bytes sha256 485f9a3ce60c");
  }

  @Test
  void packagesAreMatchedByNameAndComparedInside() throws IOException {
    rpm(old, "1.el8", tree("a = 1\n", 0640, Owner.ROOT, "one", "gone"), "echo 1\n", "systemd");
    rpm(fresh, "2.el8", tree("a = 2\n", 0644, USERS, "two", "here"), "echo 2\n", "python39");
    assertThat(lines())
        .containsExactly(
            "changed rpm/lab-1-1.el8.noarch.rpm -> rpm/lab-1-2.el8.noarch.rpm",
            "  release: 1.el8 -> 2.el8",
            "  requires: - systemd",
            "  requires: + python39",
            "  provides: - lab = 1-1.el8",
            "  provides: + lab = 1-2.el8",
            "  post:",
            "    @@ -1,1 +1,1 @@",
            "    -echo 1",
            "    +echo 2",
            "  ~ /etc/lab/a.cfg  mode 100640 -> 100644, owner root:root -> root:users, size 6 -> 6,"
                + " sha256 cb78bd8a17f7 -> 1382c01db535",
            "  - /etc/lab/gone  0755 root:root 0 directory",
            "  + /etc/lab/here  0755 root:root 0 directory",
            "  ~ /etc/lab/link  link one -> two",
            "  /etc/lab/a.cfg:",
            "    @@ -1,1 +1,1 @@",
            "    -a = 1",
            "    +a = 2");
  }

  @Test
  void packageOfAnotherKeyOrTimeSaysSo() throws IOException {
    FileTree tree = tree("a = 1\n", 0640, Owner.ROOT, "one", "same");
    rpm(old, "1.el8", tree, "echo\n", "systemd");
    RpmPackage.write(
        spec("1.el8", tree, "echo\n", "systemd"),
        EPOCH.plusSeconds(1),
        signer,
        fresh.resolve("rpm/lab-1-1.el8.noarch.rpm"));
    assertThat(lines())
        .containsExactly(
            "changed rpm/lab-1-1.el8.noarch.rpm", "  only its times, compression or signature");
  }

  private static FileTree tree(String text, int mode, Owner owner, String link, String name) {
    List<FileEntry> entries =
        List.of(
            new Regular("/etc/lab/a.cfg", owner, mode, Content.of(text)),
            new Symlink("/etc/lab/link", Owner.ROOT, link),
            new Directory("/etc/lab/" + name, Owner.ROOT, 0755));
    return FileTree.of(entries);
  }

  private static RpmSpec spec(String release, FileTree tree, String post, String requires) {
    return new RpmSpec(
        "lab",
        "1",
        release,
        "noarch",
        "A package",
        "A package.",
        "Apache-2.0",
        "https://example.org/",
        "vendor",
        "group",
        "- Made.",
        List.of(),
        List.of(Dependency.parse(requires)),
        List.of(),
        Map.of(Script.POST, post),
        tree,
        Map.of("/etc/lab/a.cfg", FileFlag.CONFIG));
  }

  private static void rpm(Path release, String number, FileTree tree, String post, String requires)
      throws IOException {
    RpmSpec spec = spec(number, tree, post, requires);
    RpmPackage.write(spec, EPOCH, signer, release.resolve("rpm/" + spec.fileName()));
  }

  private void both(String path, String before, String after) throws IOException {
    write(old, path, before);
    write(fresh, path, after);
  }

  private static void write(Path release, String path, String text) throws IOException {
    Files.createDirectories(release.resolve(path).getParent());
    Files.writeString(release.resolve(path), text);
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Difference difference : ReleaseDiff.of(old, fresh)) {
      lines.add(difference.headline());
      difference.details().forEach(line -> lines.add("  " + line));
    }
    return lines;
  }
}

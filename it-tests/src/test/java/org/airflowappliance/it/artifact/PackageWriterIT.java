package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.Owner;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Promise: the real rpm installs, upgrades, verifies and erases what the tool's writer writes. */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class PackageWriterIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Map<String, FileFlag> FLAGS =
      Map.of(
          "/etc/sample/replaced.cfg", FileFlag.CONFIG,
          "/etc/sample/kept.cfg", FileFlag.CONFIG_NOREPLACE,
          "/run/sample", FileFlag.GHOST,
          "/run/sample/state", FileFlag.GHOST);

  private static final String LONGEST = "n".repeat(246);

  @TempDir Path folder;
  private DnfRoot root;
  private Path etc;

  @BeforeEach
  void root() throws IOException {
    root = DnfRoot.create(folder, Packages.stub(folder));
    etc = root.path().resolve("etc/sample");
  }

  @Test
  void anUpgradeKeepsWhatIsToBeKeptAndSavesTheRest() throws IOException {
    root.rpm("--nosignature", "-i", version("1").toString());
    assertThat(root.rpm("-V", "sample")).isEmpty();
    Files.writeString(etc.resolve("replaced.cfg"), "edited");
    Files.writeString(etc.resolve("kept.cfg"), "edited");
    root.rpm("--nosignature", "-U", version("2").toString());
    assertThat(etc.resolve("replaced.cfg")).hasContent("version 2");
    assertThat(etc.resolve("replaced.cfg.rpmsave")).hasContent("edited");
    assertThat(etc.resolve("kept.cfg")).hasContent("edited");
    assertThat(etc.resolve("kept.cfg.rpmnew")).hasContent("version 2");
  }

  @Test
  void erasingTakesGhostsAndKeepsEditedConfiguration() throws IOException {
    root.rpm("--nosignature", "-i", version("1").toString());
    Path run = root.path().resolve("run/sample");
    assertThat(run).doesNotExist();
    Files.createDirectories(run);
    Files.writeString(run.resolve("state"), "made when running");
    Files.writeString(etc.resolve("kept.cfg"), "edited");
    root.rpm("-e", "sample");
    assertThat(run).doesNotExist();
    assertThat(etc.resolve("kept.cfg.rpmsave")).hasContent("edited");
    assertThat(etc.resolve("replaced.cfg")).doesNotExist();
  }

  @Test
  void awkwardNamesAndSizesArriveAsTheyAre() throws IOException {
    List<FileEntry> files = new ArrayList<>();
    byte[] blocks = new byte[3 << 20];
    files.add(new Directory("/opt/s", Owner.ROOT, 0755));
    files.add(new Regular("/opt/s/a b", Owner.ROOT, 0644, Content.of("")));
    files.add(new Regular("/opt/s/a-b", Owner.ROOT, 0600, Content.of("1")));
    files.add(new Directory("/opt/s/a", Owner.ROOT, 0700));
    files.add(new Regular("/opt/s/a/100%$HOME", Owner.ROOT, 0755, Content.of("12")));
    files.add(new Regular("/opt/s/Größe 서울", Owner.ROOT, 0644, Content.of("123")));
    files.add(new Symlink("/opt/s/링크", Owner.ROOT, "Größe 서울"));
    files.add(new Regular("/opt/s/" + LONGEST, Owner.ROOT, 0644, Content.of(blocks)));
    Path rpm = Packages.sample(folder, "1", files, Map.of());
    root.rpm("--nosignature", "-i", rpm.toString());
    assertThat(root.rpm("-V", "sample")).isEmpty();
    Path s = root.path().resolve("opt/s");
    assertThat(s.resolve("링크")).isSymbolicLink().hasContent("123");
    assertThat(s.resolve(LONGEST)).hasSize(blocks.length);
    assertThat(s.resolve("a/100%$HOME")).isExecutable().hasContent("12");
    String listed =
        Program.run(LIMIT, "sh", "-c", "rpm2cpio '" + rpm + "' | cpio --list --quiet").out();
    assertThat(listed.lines()).hasSize(files.size());
  }

  private Path version(String number) throws IOException {
    List<FileEntry> files =
        List.of(
            new Directory("/etc/sample", Owner.ROOT, 0755),
            new Regular(
                "/etc/sample/replaced.cfg", Owner.ROOT, 0644, Content.of("version " + number)),
            new Regular("/etc/sample/kept.cfg", Owner.ROOT, 0644, Content.of("version " + number)),
            new Directory("/run/sample", Owner.ROOT, 0750),
            new Regular("/run/sample/state", Owner.ROOT, 0640, Content.of("")));
    return Packages.sample(folder, number, files, FLAGS);
  }
}

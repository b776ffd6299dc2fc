package org.airflowappliance.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class LayerTarTest {
  private static final Instant TIME = Instant.parse("2022-04-06T00:00:00Z");
  private static final Owner BIG = new Owner("big", 3_000_000, "big", 2_500_000);
  private static final String LONG = "/opt/" + "n".repeat(150);

  private static List<FileEntry> entries() {
    return List.of(
        new Directory("/opt", Owner.ROOT, 01777),
        new Regular("/opt/a", BIG, 0640, Content.of("text")),
        new HardLink("/opt/b", BIG, 0640, "/opt/a"),
        new Symlink("/opt/링크", Owner.ROOT, "Größe"),
        new Regular(LONG, Owner.ROOT, 0644, Content.of("")));
  }

  private static byte[] tar(List<FileEntry> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LayerTar.write(FileTree.of(entries), TIME, out);
    return out.toByteArray();
  }

  @Test
  void everyKindOfEntryComesBack() throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(tar(entries())));
    List<String> lines = new ArrayList<>();
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(TIME);
      assertThat(entry.getUserName() + entry.getGroupName()).isEmpty();
      lines.add(
          "%s %04o %d:%d %s %s"
              .formatted(
                  entry.getName(),
                  entry.getMode(),
                  entry.getLongUserId(),
                  entry.getLongGroupId(),
                  entry.isLink() ? "hard" : entry.isSymbolicLink() ? "soft" : "",
                  entry.getLinkName()));
    }
    assertThat(lines)
        .containsExactly(
            "opt/ 1777 0:0  ",
            "opt/a 0640 3000000:2500000  ",
            "opt/b 0640 3000000:2500000 hard opt/a",
            LONG.substring(1) + " 0644 0:0  ",
            "opt/링크 0777 0:0 soft Größe");
  }

  @Test
  void theOrderInWhichEntriesCameDoesNotShow() throws IOException {
    List<FileEntry> reversed = new ArrayList<>(entries());
    Collections.reverse(reversed);
    assertThat(tar(reversed)).isEqualTo(tar(entries()));
  }
}

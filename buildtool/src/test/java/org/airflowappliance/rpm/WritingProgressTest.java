package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.release.Keys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritingProgressTest {
  @TempDir Path folder;

  @Test
  void aPackageSaysHowFarItsWritingIs() throws IOException {
    RpmSpec spec = Specs.full();
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    RpmPackage.write(
        spec,
        Instant.EPOCH,
        Keys.signer(),
        folder.resolve(spec.fileName()),
        (bytes, total) -> {
          done.add(bytes);
          totals.add(total);
        });
    long size = RpmHeader.read(folder.resolve(spec.fileName())).tags().number(RpmTag.SIZE);

    assertThat(size).isPositive();
    assertThat(done).hasSize(spec.files().entries().size()).isSorted().endsWith(size);
    assertThat(totals).containsOnly(size);
  }
}

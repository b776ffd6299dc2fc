package org.airflowappliance.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.release.BuildReport.Built;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviousReleaseTest {
  private static final String OLD = "a".repeat(64);
  private static final String NEW = "b".repeat(64);

  @TempDir Path folder;

  private List<String> warnings(String path, String kind, String sha256) throws IOException {
    return PreviousRelease.warnings(
        folder, List.of(new Built(new ReleasePath(path), kind, 7, sha256, false)));
  }

  private void previous(String path, String kind) throws IOException {
    Files.writeString(
        folder.resolve("release.json"),
        "{\"files\": [{\"path\": \"%s\", \"kind\": \"%s\", \"sha256\": \"%s\"}]}"
            .formatted(path, kind, OLD));
  }

  @Test
  void otherContentUnderTheSameNumberIsWarnedOf() throws IOException {
    previous("rpm/a-1-1.rpm", "rpm");

    assertThat(warnings("rpm/a-1-1.rpm", "rpm", NEW))
        .singleElement()
        .asString()
        .startsWith("rpm/a-1-1.rpm: content changed (sha256 aaaaaaaaaaaa before, bbbbbbbbbbbb now)")
        .contains("raise `release` in cluster.yaml");
  }

  @Test
  void equalContentAnotherNumberAndOtherKindsAreFine() throws IOException {
    previous("rpm/a-1-1.rpm", "rpm");
    assertThat(warnings("rpm/a-1-1.rpm", "rpm", OLD)).isEmpty();
    assertThat(warnings("rpm/a-1-2.rpm", "rpm", NEW)).isEmpty();
    previous("rpm/repodata/repomd.xml", "repodata");
    assertThat(warnings("rpm/repodata/repomd.xml", "repodata", NEW)).isEmpty();
  }

  @Test
  void theFirstReleaseHasNoneBefore() throws IOException {
    assertThat(warnings("rpm/a-1-1.rpm", "rpm", NEW)).isEmpty();
  }
}

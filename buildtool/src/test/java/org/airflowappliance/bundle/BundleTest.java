package org.airflowappliance.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.file.Tally;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is packed is what was verified, and nothing else that lies there. */
final class BundleTest {
  private static final String PACKAGE = "rpm/some.rpm";

  @TempDir Path folder;
  private Path release;
  private Path target;
  private Bundle bundle;

  @BeforeEach
  void aRelease() throws IOException {
    release = Files.createDirectories(folder.resolve("release"));
    target = folder.resolve("bundle.tar");
    Path file = Files.createDirectory(release.resolve("rpm")).resolve("some.rpm");
    Files.writeString(file, "a package");
    String sums = Tally.of(file).hex() + "  " + PACKAGE + "\n";
    bundle =
        new Bundle(
            release,
            Map.of("SHA256SUMS", sums.getBytes(StandardCharsets.UTF_8)),
            "homelab",
            7,
            "/srv");
  }

  private Bundle.Written write() throws IOException {
    return bundle.write(target, Optional.empty(), List.of(), bytes -> {});
  }

  @Test
  void holdsWhatTheListNamesAndTheList() throws IOException {
    Files.writeString(release.resolve("too-much"), "that nobody named");
    Bundle.Written written = write();
    List<String> names = new ArrayList<>();
    try (TarFile tar = new TarFile(target)) {
      tar.getEntries().stream().map(TarArchiveEntry::getName).forEach(names::add);
    }
    assertThat(names)
        .containsExactly(
            "airflow-homelab-7/airflow-homelab.repo",
            "airflow-homelab-7/release/SHA256SUMS",
            "airflow-homelab-7/release/" + PACKAGE);
    assertThat(written.files()).isEqualTo(3);
    assertThat(written.foreign()).isZero();
    assertThat(written.bytes()).isEqualTo(Files.size(target));
    assertThat(written.sha256()).isEqualTo(Tally.of(target).hex());
  }

  @Test
  void aReleaseThatWasChangedMeanwhileIsNotPacked() throws IOException {
    Files.writeString(release.resolve(PACKAGE), "another one");
    Files.writeString(target, "an older bundle");
    assertThatThrownBy(this::write)
        .isInstanceOf(BundleProblem.class)
        .hasMessageContaining(release + "/" + PACKAGE + ": has sha256 ")
        .hasMessageContaining("bundle again");
    assertThat(target).hasContent("an older bundle");
    assertThat(folder).isDirectoryNotContaining("glob:**/.bundle-*");
  }
}

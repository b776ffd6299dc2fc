package org.airflowappliance.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finished files that nobody used for long leave the cache. */
class StorePruneTest {
  private static final Instant LONG_AGO = Instant.parse("2022-01-01T00:00:00Z");
  private static final Instant SINCE = Instant.parse("2022-02-01T00:00:00Z");

  @TempDir Path folder;

  private Store store() {
    return new Store(
        folder.resolve("cache"),
        new Mirrors("http://127.0.0.1:9/debian"),
        true,
        (what, done, total) -> {});
  }

  private Path artifact(String name) {
    return folder.resolve("cache/artifacts").resolve(name);
  }

  private void age(String... names) throws IOException {
    for (String name : names) {
      Files.setLastModifiedTime(artifact(name), FileTime.from(LONG_AGO));
    }
  }

  @Test
  void whatWasNotUsedGoes() throws IOException {
    Path made = Files.writeString(folder.resolve("made"), "a package");
    for (String each : new String[] {"old", "used", "fresh"}) {
      store().keep(each, made);
    }
    age("old", "old.sha256", "used", "used.sha256", "fresh");
    assertThat(store().artifact("used", folder.resolve("copy"))).isPresent();

    store().prune(SINCE);

    assertThat(store().artifact("old", folder.resolve("copy"))).isEmpty();
    assertThat(artifact("old")).doesNotExist();
    assertThat(store().artifact("used", folder.resolve("copy"))).isPresent();
    assertThat(store().artifact("fresh", folder.resolve("copy"))).isPresent();
  }

  @Test
  void whatAKilledRunLeftGoesToo() throws IOException {
    store().keep("kept", Files.writeString(folder.resolve("made"), "a package"));
    Files.writeString(artifact("new-1"), "half");
    Files.writeString(artifact("new-2"), "half");
    age("new-1");

    store().prune(SINCE);

    assertThat(artifact("new-1")).doesNotExist();
    assertThat(artifact("new-2")).as("another process may be writing it").exists();
  }

  @Test
  void anEmptyCacheIsFine() throws IOException {
    store().prune(SINCE);

    assertThat(folder.resolve("cache")).doesNotExist();
  }
}

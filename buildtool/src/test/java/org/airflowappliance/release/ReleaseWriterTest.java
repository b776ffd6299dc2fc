package org.airflowappliance.release;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Store;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a file that cannot be written. */
class ReleaseWriterTest {
  private static final String FULL =
      "images/a.tar: cannot be written (No space left on device); mend that and build again, which goes on from the cache";

  @TempDir Path folder;

  /** What goes wrong. */
  private interface Failure {
    void happen() throws IOException;
  }

  private record Failing(Failure failure) implements Artifact {
    @Override
    public ReleasePath path() {
      return new ReleasePath("images/a.tar");
    }

    @Override
    public String kind() {
      return "image";
    }

    @Override
    public List<ReleasePath> inputs() {
      return List.of();
    }

    @Override
    public String recipe() {
      return "a";
    }

    @Override
    public void write(Path target, Workbench workbench) throws IOException {
      failure.happen();
    }
  }

  private void write(Failure failure) throws IOException {
    Store store =
        new Store(folder.resolve("cache"), new Mirrors(null), true, (what, done, total) -> {});
    ReleaseWriter.write(
        new Plan(List.of(new Failing(failure))),
        new Bench.Setup(store, null, Instant.EPOCH, "tool", (what, done, total) -> {}),
        folder.resolve("release"));
  }

  @Test
  void aFullDiskIsToldWithTheFile() {
    IOException full = new IOException("No space left on device");
    assertThatThrownBy(() -> write(() -> fail(full)))
        .isInstanceOf(IOException.class)
        .hasMessage(FULL);
    assertThatThrownBy(() -> write(() -> failUnchecked(full)))
        .isInstanceOf(IOException.class)
        .hasMessage(FULL);
  }

  @Test
  void whatNamesAFileStaysAsItIs() {
    NoSuchFileException gone = new NoSuchFileException("rpm/x");
    assertThatThrownBy(() -> write(() -> fail(gone))).isSameAs(gone);
  }

  private static void fail(IOException problem) throws IOException {
    throw problem;
  }

  private static void failUnchecked(IOException problem) {
    throw new UncheckedIOException(problem);
  }
}

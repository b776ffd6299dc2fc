package org.airflowappliance.lock;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final byte[] BYTES = "a package".getBytes(US_ASCII);
  private static final String RECIPE = "ab".repeat(32);

  @TempDir Path folder;

  private Store store(String mirror, boolean offline) {
    return new Store(
        folder.resolve("cache"), new Mirrors(mirror), offline, (what, done, total) -> {});
  }

  private Store store() {
    return store("http://127.0.0.1:9/debian", false);
  }

  private static Pin pin() throws IOException {
    return new Pin("a", "1:2-3", "pool/a/a_2-3.deb", BYTES.length, DownloadTest.sha256(BYTES));
  }

  @Test
  void fetchesAPinOnce() throws IOException {
    try (Mirror mirror = new Mirror().with(pin().location(), BYTES)) {
      Store store = store(mirror.base() + "/", false);
      assertThat(store.pinned(pin())).hasBinaryContent(BYTES);
      assertThat(store.pinned(pin())).hasBinaryContent(BYTES);
      assertThat(mirror.asked()).hasSize(1);
    }
    assertThat(store("http://127.0.0.1:9/debian", true).pinned(pin())).hasBinaryContent(BYTES);
  }

  @Test
  void offlineSaysWhichFileIsMissing() {
    assertThatThrownBy(() -> store("http://127.0.0.1:9/debian", true).pinned(pin()))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("a 1:2-3: not in the cache " + folder.resolve("cache"))
        .hasMessageContaining("run once without --offline");
  }

  @Test
  void makesADerivedFolderOnceThoughManyAskAtOnce() throws IOException {
    AtomicInteger made = new AtomicInteger();
    List<CompletableFuture<Path>> asking = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      asking.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  // each with a Store of its own, as two commands have
                  return store().derived("tree", RECIPE, empty -> slow(empty, made));
                } catch (IOException problem) {
                  throw new IllegalStateException(problem);
                }
              }));
    }
    for (CompletableFuture<Path> path : asking) {
      assertThat(path.join().resolve("file")).hasContent("made");
    }
    assertThat(made).hasValue(1);
  }

  private static void slow(Path empty, AtomicInteger made) throws IOException {
    try {
      Thread.sleep(100);
    } catch (InterruptedException problem) {
      throw new IllegalStateException(problem);
    }
    made.incrementAndGet();
    Files.writeString(empty.resolve("file"), "made");
  }

  @Test
  void otherProcessesWaitForTheOneThatMakesIt() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int number = 0; number < 2; number++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  OneMaking.class.getName(),
                  folder.toString())
              .inheritIO()
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(folder.resolve("log")).hasContent("made");
  }

  /** A process that derives a folder and notes that it was the one to make it. */
  static final class OneMaking {
    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      new Store(folder.resolve("cache"), new Mirrors(null), true, (what, done, total) -> {})
          .derived(
              "tree",
              RECIPE,
              empty -> {
                slow(empty, new AtomicInteger());
                Files.writeString(
                    Files.createFile(folder.resolve("log")),
                    "made"); // a second maker finds the file and fails
              });
    }
  }

  @Test
  void whatFailedHalfWayIsNotUsed() throws IOException {
    assertThatThrownBy(
            () ->
                store()
                    .derived(
                        "tree",
                        RECIPE,
                        empty -> {
                          Files.writeString(empty.resolve("half"), "");
                          throw new IOException("disk full");
                        }))
        .hasMessage("disk full");
    Path made = store().derived("tree", RECIPE, StoreTest::other);
    assertThat(made).isDirectoryContaining("glob:**/other").isDirectoryNotContaining("glob:**half");
    assertThat(made.getParent()).isDirectoryNotContaining("glob:**/half-*");
  }

  @Test
  void whatAKilledRunLeftIsNotUsed() throws IOException {
    Path left =
        folder.resolve("cache/derived/half-tree-" + RECIPE.substring(0, 32)).resolve("below");
    Files.createDirectories(left);
    Path made = store().derived("tree", RECIPE, StoreTest::other);
    assertThat(made).isDirectoryNotContaining("glob:**/below");
    assertThat(left.getParent()).doesNotExist();
  }

  private static void other(Path empty) throws IOException {
    assertThat(empty).isEmptyDirectory();
    Files.writeString(empty.resolve("other"), "");
  }

  @Test
  void givesAFinishedFileBack() throws IOException {
    Path file = Files.write(folder.resolve("a.rpm"), BYTES);
    Store.Kept kept = store().keep("fingerprint", file);
    Path copy = folder.resolve("copy");
    assertThat(store().artifact("fingerprint", copy)).contains(kept);
    assertThat(kept).isEqualTo(new Store.Kept(BYTES.length, DownloadTest.sha256(BYTES)));
    assertThat(copy).hasBinaryContent(BYTES);
    assertThat(store().artifact("another", folder.resolve("none"))).isEqualTo(Optional.empty());
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void dropsADamagedFinishedFile() throws IOException {
    store().keep("fingerprint", Files.write(folder.resolve("a.rpm"), BYTES));
    Path cached = folder.resolve("cache/artifacts/fingerprint");
    byte[] damaged = BYTES.clone();
    damaged[2] = 'X';
    Files.write(cached, damaged);
    Path copy = folder.resolve("copy");
    assertThat(store().artifact("fingerprint", copy)).isEmpty();
    assertThat(copy).doesNotExist();
    Files.write(cached, BYTES);
    assertThat(store().artifact("fingerprint", copy)).as("it was dropped").isEmpty();
  }
}

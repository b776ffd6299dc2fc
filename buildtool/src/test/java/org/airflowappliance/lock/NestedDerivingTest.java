package org.airflowappliance.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two builds on one cache, where making a folder derives another: one process makes the outer
 * folder and waits for the inner one, which a thread of the other process makes while another of
 * its threads waits for the outer one. The kernel, which sees processes only, takes that for a
 * deadlock.
 */
@Timeout(60)
class NestedDerivingTest {
  @TempDir Path folder;

  @Test
  void threadsOfTwoProcessesMayWaitForEachOther() throws Exception {
    Process second = start(Second.class);
    Process first = start(First.class);
    assertThat(first.waitFor(50, TimeUnit.SECONDS)).isTrue();
    assertThat(second.waitFor(50, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue() + second.exitValue()).isZero();
  }

  private Process start(Class<?> program) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            folder.toString())
        .inheritIO()
        .start();
  }

  /** Makes the outer folder, for which it needs the inner one. */
  static final class First {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      until(folder.resolve("inner-begun"));
      derive(
          folder,
          "outer",
          () -> {
            note(folder.resolve("outer-begun"));
            derive(folder, "inner", () -> {});
          });
    }
  }

  /** Makes the inner folder in one thread and asks for the outer one in another. */
  static final class Second {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      CompletableFuture<Void> inner =
          CompletableFuture.runAsync(
              () ->
                  derive(
                      folder,
                      "inner",
                      () -> {
                        note(folder.resolve("inner-begun"));
                        until(folder.resolve("outer-begun"));
                        pause(Duration.ofSeconds(2));
                      }));
      until(folder.resolve("outer-begun"));
      // by then the first process waits for the inner folder
      pause(Duration.ofSeconds(1));
      derive(folder, "outer", () -> {});
      inner.join();
    }
  }

  private static void derive(Path folder, String name, Runnable making) {
    try {
      new Store(folder.resolve("cache"), new Mirrors(null), true, (what, done, total) -> {})
          .derived(name, "ab".repeat(32), empty -> making.run());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private static void note(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private static void until(Path file) {
    while (!Files.exists(file)) {
      pause(Duration.ofMillis(20));
    }
  }

  private static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}

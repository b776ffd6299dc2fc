package org.airflowappliance.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
  @TempDir Path folder;

  /** Another build: opens a scratch folder beside its argument, names it, and waits. */
  static final class Build {
    private Build() {}

    public static void main(String[] arguments) throws IOException {
      Scratch scratch = Scratch.beside(Path.of(arguments[0]));
      Files.writeString(scratch.folder().resolve("half"), "");
      System.out.println(scratch.folder());
      if (System.in.read() >= 0) {
        System.exit(3); // as SIGTERM does: the hook runs, nobody closes
      }
    }
  }

  private Path target() {
    return folder.resolve("release");
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Build.class.getName(),
            target().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static Path opened(Process build) throws IOException {
    BufferedReader said = build.inputReader();
    return Path.of(said.readLine());
  }

  private static void kill(Process build) throws InterruptedException {
    build.destroyForcibly().waitFor();
  }

  @Test
  void nothingStaysBesideTheTarget() throws IOException {
    try (Scratch scratch = Scratch.beside(target())) {
      assertThat(scratch.folder()).isEmptyDirectory();
      assertThat(scratch.folder().getParent()).isEqualTo(folder);
      Files.writeString(scratch.folder().resolve("half"), "");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatAKilledBuildLeftGoesWithTheNextAndALivingOneIsNotHarmed() throws Exception {
    Process killed = start();
    Process living = start();
    try {
      Path dead = opened(killed);
      Path alive = opened(living);
      kill(killed);
      assertThat(dead).exists();
      try (Scratch mine = Scratch.beside(target())) {
        assertThat(dead).doesNotExist();
        assertThat(alive.resolve("half")).exists();
        assertThat(mine.folder()).exists();
        try (Scratch second = Scratch.beside(target())) {
          assertThat(List.of(mine.folder(), second.folder())).doesNotHaveDuplicates();
        }
        assertThat(mine.folder()).as("a build of the same process").exists();
      }
    } finally {
      kill(killed);
      kill(living);
    }
  }

  @Test
  void aStoppedBuildRemovesItsFolder() throws Exception {
    Process stopped = start();
    try {
      opened(stopped);
      stopped.outputWriter().append("x").close();
      assertThat(stopped.waitFor()).isEqualTo(3);
      assertThat(folder).isEmptyDirectory();
    } finally {
      kill(stopped);
    }
  }

  @Test
  void aBuildThatDiedBetweenItsRenamesGivesTheReleaseBack() throws Exception {
    Process killed = start();
    Path dead = opened(killed);
    kill(killed);
    Path old =
        Files.createDirectory(
            dead.resolveSibling(dead.getFileName().toString().replace(".new-", ".old-")));
    Files.writeString(old.resolve("release.json"), "{}");
    try (Scratch mine = Scratch.beside(target())) {
      assertThat(target().resolve("release.json")).exists();
      assertThat(old).doesNotExist();
      assertThat(mine.folder()).exists();
    }
  }

  @Test
  void foldersOfOthersStay() throws IOException {
    Path other = Files.createDirectory(folder.resolve("release.new-notes"));
    Path another = Files.writeString(folder.resolve("release2.new-1.lock"), "");
    Scratch.beside(target()).close();
    assertThat(other).exists();
    assertThat(another).exists();
  }

  @Test
  void theReleaseBeforeIsReplacedAsAWhole() throws IOException {
    release("old");
    try (Scratch scratch = Scratch.beside(target())) {
      Files.writeString(scratch.folder().resolve("release.json"), "new");
      scratch.replace(target());
    }
    assertThat(target().resolve("release.json")).hasContent("new");
    assertThat(folder.toFile().list()).containsExactly("release");
  }

  /** Its folder is being deleted then, file by file. */
  @Test
  void aBuildThatIsEndedReplacesNothing() throws IOException {
    release("old");
    try (Scratch scratch = Scratch.beside(target())) {
      Files.writeString(scratch.folder().resolve("release.json"), "new");
      scratch.end();
      Files.createDirectories(scratch.folder());
      assertThatThrownBy(() -> scratch.replace(target()))
          .isInstanceOf(IOException.class)
          .hasMessage(target() + ": stays as it was, since the build was ended; build again");
    }
    assertThat(target().resolve("release.json")).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("release");
  }

  /** As Ctrl-C does in the last moment of a build. */
  @Test
  void theEndWaitsUntilTheReleaseIsInItsPlace() throws Exception {
    release("old");
    Scratch scratch = Scratch.beside(target());
    Files.writeString(scratch.folder().resolve("release.json"), "new");
    Thread end = new Thread(scratch::end);
    synchronized (scratch) {
      end.start();
      while (end.getState() != Thread.State.BLOCKED && end.isAlive()) {
        Thread.onSpinWait();
      }
      scratch.replace(target());
    }
    end.join();
    scratch.close();
    assertThat(target().resolve("release.json")).hasContent("new");
    assertThat(folder.toFile().list()).containsExactly("release");
  }

  private void release(String text) throws IOException {
    Files.createDirectory(target());
    Files.writeString(target().resolve("release.json"), text);
  }
}

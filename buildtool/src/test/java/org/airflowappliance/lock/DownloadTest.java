package org.airflowappliance.lock;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  private static final byte[] BYTES = "0123456789".repeat(20_000).getBytes(US_ASCII);
  private static final String PLACE = "pool/a/a_1_amd64.deb";

  @TempDir Path folder;
  private volatile long got;

  @Test
  void goesOnWhereTheConnectionBroke() throws IOException {
    try (Mirror mirror = new Mirror().with(PLACE, BYTES).failing(100_000, 20_000)) {
      mirror.breakingWhen(() -> got == (mirror.asked().size() == 1 ? 100_000 : 120_000));
      fetch(mirror.base());
      assertThat(mirror.asked())
          .containsExactly(
              "/debian/" + PLACE,
              "/debian/" + PLACE + " bytes=100000-",
              "/debian/" + PLACE + " bytes=120000-");
    }
    assertThat(target()).hasBinaryContent(BYTES);
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void triesAgainWhenTheServerIsBusy() throws IOException {
    try (Mirror mirror = new Mirror().with(PLACE, BYTES).failing(503, 429, 500)) {
      fetch(mirror.base());
      assertThat(mirror.asked()).hasSize(4);
    }
    assertThat(target()).hasBinaryContent(BYTES);
  }

  @Test
  void givesUpAfterSixTriesAndNamesTheLastAnswer() throws IOException {
    try (Mirror mirror =
        new Mirror().with(PLACE, BYTES).failing(503, 503, 503, 503, 503, 502, 200)) {
      assertThatThrownBy(() -> fetch(mirror.base()))
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining(mirror.base() + "/" + PLACE + " answers 502 (6 tries)");
      assertThat(mirror.asked()).hasSize(6);
    }
  }

  @Test
  void asksTheNextMirrorForWhatOneDoesNotHave() throws IOException {
    try (Mirror empty = new Mirror();
        Mirror full = new Mirror().with(PLACE, BYTES)) {
      fetch(empty.base(), full.base());
      assertThat(empty.asked()).hasSize(1);
    }
    assertThat(target()).hasBinaryContent(BYTES);
  }

  @Test
  void saysWhatToDoWhenNoMirrorHasIt() throws IOException {
    try (Mirror empty = new Mirror()) {
      assertThatThrownBy(() -> fetch(empty.base()))
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining(PLACE + ": cannot be fetched")
          .hasMessageContaining("answers 404")
          .hasMessageContaining("run `appliance lock`")
          .hasMessageContaining("--debian-mirror");
    }
  }

  @Test
  void namesBothDigestsAndKeepsNothingOfAWrongFile() throws IOException {
    byte[] wrong = BYTES.clone();
    wrong[777] = 'x';
    try (Mirror mirror = new Mirror().with(PLACE, wrong)) {
      assertThatThrownBy(() -> fetch(mirror.base()))
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining("has sha256 " + sha256(wrong))
          .hasMessageContaining("the lock says " + sha256(BYTES));
      assertThat(mirror.asked()).hasSize(1);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesAFileThatIsTooLong() throws IOException {
    byte[] longer = new byte[BYTES.length + 5_000_000];
    System.arraycopy(BYTES, 0, longer, 0, BYTES.length);
    try (Mirror mirror = new Mirror().with(PLACE, longer)) {
      assertThatThrownBy(() -> fetch(mirror.base()))
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining("more than 200000 bytes");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void startsAnewWhenAnEarlierPartIsWrong() throws IOException {
    Files.writeString(folder.resolve("target.part"), "not the beginning of it");
    try (Mirror mirror = new Mirror().with(PLACE, BYTES)) {
      fetch(mirror.base());
      assertThat(mirror.asked())
          .containsExactly("/debian/" + PLACE + " bytes=23-", "/debian/" + PLACE);
    }
    assertThat(target()).hasBinaryContent(BYTES);
  }

  private Path target() {
    return folder.resolve("target");
  }

  private void fetch(URI... bases) throws IOException {
    Pin pin = new Pin("a", "1", PLACE, BYTES.length, sha256(BYTES));
    new Download(pin, List.of(bases), (what, done, total) -> got = done, 1).to(target());
  }

  static String sha256(byte[] bytes) throws IOException {
    return Digests.copy(
            new ByteArrayInputStream(bytes), OutputStream.nullOutputStream(), count -> {})
        .sha256();
  }
}

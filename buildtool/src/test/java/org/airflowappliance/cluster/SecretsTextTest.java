package org.airflowappliance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTextTest {
  @TempDir Path folder;

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> SecretsFile.read(file))
        .isInstanceOf(UnreadableSecrets.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void aTextIsReadWithItsName() throws IOException {
    Path file = Files.writeString(folder.resolve("s"), "DATABASE_PASSWORD=서울\n");

    SecretsFile secrets = SecretsFile.read(file);

    assertThat(secrets.values()).containsEntry("DATABASE_PASSWORD", "서울");
    assertThat(secrets.problems()).allMatch(problem -> problem.file().equals(file.toString()));
  }

  @Test
  void anotherEncodingIsRefusedWithoutShowingIt() throws IOException {
    Path file = Files.write(folder.resolve("s"), new byte[] {'A', '=', (byte) 0xfc});

    refused(file, "is not UTF-8; save the file in UTF-8");
  }

  @Test
  void aFolderAndNothingAreRefused() {
    refused(folder, "is a folder; name the secrets file in it");
    refused(
        folder.resolve("none"), "there is no such file; `appliance secrets new FILE` writes one");
  }

  @Test
  void noMoreIsReadThanASecretsFileCanHave() {
    refused(
        Path.of("/dev/zero"),
        "has more than 65536 bytes, but a secrets file has about 1500; name another file");
  }
}

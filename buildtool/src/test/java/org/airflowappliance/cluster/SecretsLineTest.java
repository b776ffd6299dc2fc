package org.airflowappliance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsLineTest {
  @TempDir Path folder;
  private Path file;
  private SecretsLine line;

  @BeforeEach
  void named() {
    file = folder.resolve("secrets.env");
    line = new SecretsLine(file, "OIDC_CLIENT_SECRET");
  }

  @Test
  void theEmptyLineOfANewFileIsFilledInAndAllOthersStay() throws IOException {
    String text = SecretsFile.fresh(new SecureRandom());
    Files.writeString(file, text);
    line.check();

    assertThat(line.write("abc123")).isTrue();
    assertThat(file)
        .hasContent(
            text.replace("\nOIDC_CLIENT_SECRET=\n", "\nOIDC_CLIENT_SECRET=abc123\n")
                .stripTrailing());
    assertThat(line.write("abc123")).isFalse();
  }

  @Test
  void theFileIsItsOwnersOnlyAndNothingIsLeftBeside() throws IOException {
    Files.writeString(file, "OIDC_CLIENT_SECRET='old'\r\nS3_ACCESS_KEY_ID=x\r\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    line.write("new");

    assertThat(Files.readString(file))
        .isEqualTo("OIDC_CLIENT_SECRET=new\r\nS3_ACCESS_KEY_ID=x\r\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void aMissingLineIsAdded() throws IOException {
    Files.writeString(file, "# OIDC_CLIENT_SECRET=comment\nS3_ACCESS_KEY_ID=x");

    line.write("new");

    assertThat(Files.readString(file))
        .isEqualTo("# OIDC_CLIENT_SECRET=comment\nS3_ACCESS_KEY_ID=x\nOIDC_CLIENT_SECRET=new\n");
  }

  @Test
  void aValueIsReadBackAsItIs() throws IOException {
    Files.writeString(file, "");
    String value = "a \"b\" \\ $c `d` 'e' #f";

    line.write(value);

    assertThat(SecretsFile.read(file).values()).containsEntry("OIDC_CLIENT_SECRET", value);
  }

  @Test
  void aLinkStaysOne() throws IOException {
    Path real = Files.writeString(folder.resolve("real.env"), "OIDC_CLIENT_SECRET=\n");
    Files.createSymbolicLink(file, real);

    line.write("new");

    assertThat(file).isSymbolicLink();
    assertThat(real).hasContent("OIDC_CLIENT_SECRET=new");
  }

  @Test
  void whatCannotBeWrittenIsToldBefore() throws IOException {
    assertThatThrownBy(line::check)
        .isInstanceOf(UnreadableSecrets.class)
        .hasMessageContaining("there is no such file; `appliance secrets new FILE` writes one");
    Files.writeString(file, "OIDC_CLIENT_SECRET=a\nOIDC_CLIENT_SECRET=b\n");
    assertThatThrownBy(line::check)
        .hasMessage(file + ":2:1 OIDC_CLIENT_SECRET: stands here twice; keep one");
    Files.writeString(file, "OIDC_CLIENT_SECRET=a\\\nb\n");
    assertThatThrownBy(line::check)
        .hasMessage(file + ":1:1 OIDC_CLIENT_SECRET: goes on in the next line; write it on one");
  }

  @Test
  void aValueThatIsNoneIsNotWritten() throws IOException {
    Files.writeString(file, "OIDC_CLIENT_SECRET=a\n");

    assertThatThrownBy(() -> line.write(""))
        .isInstanceOf(UnreadableSecrets.class)
        .hasMessageStartingWith(file + " OIDC_CLIENT_SECRET: the value is empty");
    assertThat(file).hasContent("OIDC_CLIENT_SECRET=a");
  }
}

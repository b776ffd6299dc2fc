package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no key: making one takes this process half a minute, as it compiles but a little. */
final class KeyCommandTest {
  @TempDir Path folder;

  @Test
  void noFileIsWrittenOver() throws IOException {
    Path file = Files.writeString(folder.resolve("key.asc"), "mine");
    Ran ran = Ran.run("key", "generate", file.toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("key.asc: exists already and is kept");
    assertThat(file).hasContent("mine");
  }

  @Test
  void whatIsNoPublicKeyIsRefused() throws IOException {
    assertThat(verifiedWith("no key")).contains("key: holds 0 public keys");
    assertThat(verifiedWith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n"))
        .contains("key: is no OpenPGP public key (", "fetch it again");
    assertThat(verifiedWith("-----BEGIN PGP PRIVATE KEY BLOCK-----\n"))
        .contains("key: is a secret key", "appliance key export");
  }

  private String verifiedWith(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), text);
    Files.writeString(folder.resolve("SHA256SUMS"), "");
    Ran ran = Ran.run("verify", folder.toString(), "--key", file.toString());
    assertThat(ran.code()).isEqualTo(1);
    return ran.err();
  }

  @Test
  void whatIsNoReleaseIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(Ran.run("verify", file.toString()).err())
        .contains("file: is no folder of a release");
    assertThat(Ran.run("verify", folder.toString()).err()).contains("is no folder of a release");
    Files.writeString(folder.resolve("SHA256SUMS"), "\u001b[2Jnothing\n");
    Ran ran = Ran.run("verify", folder.toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("SHA256SUMS: the line '?[2Jnothing' is none", "release.json: is missing")
        .doesNotContain("Exception");
  }

  @Test
  void aKeyIsMadeWhereItCanBeKept() {
    Ran ran = Ran.run("key", "generate", folder.resolve("no/key.asc").toString());
    assertThat(ran.err()).contains("there is no folder " + folder.resolve("no"));
    Ran blank = Ran.run("key", "generate", folder.resolve("k").toString(), "--user-id", " ");
    assertThat(blank.err()).contains("is blank");
    assertThat(folder.resolve("k")).doesNotExist();
    assertThat(Ran.run("key", "export", folder.toString()).err()).contains("is no file");
  }
}

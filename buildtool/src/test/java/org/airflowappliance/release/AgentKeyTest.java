package org.airflowappliance.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real gpg-agent signs what a file's key signs, to the same bytes. */
final class AgentKeyTest {
  private static final byte[] DATA = "what is signed".getBytes(StandardCharsets.UTF_8);
  private static final Instant TIME = Instant.parse("2022-04-06T00:00:00Z");

  private static String rsa;

  @TempDir Path folder;
  private Gpg gpg;

  @BeforeAll
  static void key() throws IOException {
    rsa = Keys.rsa(4096);
  }

  @BeforeEach
  void home() throws IOException {
    Path home =
        Files.createDirectory(
            folder.resolve("home"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    gpg = new Gpg(Optional.of(home));
  }

  @AfterEach
  void agentEnds() throws IOException {
    gpg.agent("KILLAGENT", "/bye");
  }

  private static InputStream data() {
    return new ByteArrayInputStream(DATA);
  }

  private Path imported(String armoured) throws IOException {
    Path file = Files.writeString(folder.resolve("key.asc"), armoured);
    gpg.gpg("--import", file.toString());
    assertThat(folder.resolve("home/pubring.kbx")).as("the keyring of the test").exists();
    return file;
  }

  @Test
  void theAgentMakesTheSignaturesOfTheFile() throws IOException {
    Path file = imported(rsa);
    PgpKey own = PgpKey.read(file, Optional.empty());
    PgpKey agents = PgpKey.ofAgent(own.fingerprint(), gpg);
    assertThat(agents.fingerprint()).isEqualTo(own.fingerprint());
    assertThat(agents.userId()).isEqualTo(own.userId());
    assertThat(agents.sign(data(), TIME)).isEqualTo(own.sign(data(), TIME));
    assertThat(agents.signBare(DATA)).isEqualTo(own.signBare(DATA));
    assertThat(Verified.of(agents.sign(data(), TIME), DATA, agents.publicKey()).good()).isTrue();
  }

  @Test
  void aKeyThatTheAgentCannotSignWithIsTold() throws IOException {
    assertThatThrownBy(() -> PgpKey.ofAgent("nobody@example.org", gpg))
        .isInstanceOf(IllegalKey.class)
        .hasMessage("gpg's key nobody@example.org: there is none; see `gpg --list-secret-keys`");

    Path edwards = imported(Keys.ed25519(Optional.empty(), 0));
    String name = PgpKey.read(edwards, Optional.empty()).fingerprint();
    assertThatThrownBy(() -> PgpKey.ofAgent(name, gpg))
        .hasMessageContaining("is no RSA key, and gpg-agent signs releases with RSA only");
  }

  @Test
  void aKeyWithoutItsSecretPartIsTold() throws IOException {
    Path file = folder.resolve("secret.asc");
    Files.writeString(file, rsa);
    imported(PublicPart.of(file).armoured());
    String name = PgpKey.read(file, Optional.empty()).fingerprint();
    assertThatThrownBy(() -> PgpKey.ofAgent(name, gpg))
        .hasMessageContaining("its secret part is not there");
  }

  @Test
  void anAgentThatHasLostTheSecretPartIsTold() throws IOException {
    PgpKey own = PgpKey.read(imported(rsa), Optional.empty());
    PgpKey agents = PgpKey.ofAgent(own.fingerprint(), gpg);
    String listed =
        gpg.gpg("--with-colons", "--with-keygrip", "--list-secret-keys", own.fingerprint());
    String grip = listed.replaceFirst("(?s).*?\ngrp:+([0-9A-F]+):.*", "$1");
    assertThat(gpg.agent("DELETE_KEY --force " + grip, "/bye")).contains("OK");
    assertThatThrownBy(() -> agents.signBare(DATA))
        .isInstanceOf(IllegalKey.class)
        .hasMessageContaining("gpg-agent does not sign with key grip ")
        .hasMessageContaining("No secret key");
  }
}

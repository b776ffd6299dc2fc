package org.airflowappliance.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PgpKeyTest {
  private static final byte[] DATA = "what is signed".getBytes(StandardCharsets.UTF_8);
  private static final Instant TIME = Instant.parse("2022-04-06T00:00:00Z");

  @TempDir Path folder;

  @Test
  void developmentKeyIsMadeOnceAndSaysWhatItIs() throws IOException {
    PgpKey made = PgpKey.development(folder);
    PgpKey kept = PgpKey.development(folder);
    assertThat(made.userId()).isEqualTo("Airflow appliance DEVELOPMENT key (not for production)");
    assertThat(kept.fingerprint()).isEqualTo(made.fingerprint()).matches("[0-9A-F]{40}");
    assertThat(kept.sign(data(), TIME)).isEqualTo(made.sign(data(), TIME));
    assertThat(made.isRsa()).isTrue();
    assertThat(made.warning()).isEmpty();
    assertThat(Verified.of(made.sign(data(), TIME), DATA, kept.publicKey()).good()).isTrue();
    assertThat(Files.getPosixFilePermissions(folder.resolve("development.asc")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void signatureVerifiesAndSaysTimeAndHash() throws IOException {
    PgpKey key = Keys.signer();
    Verified binary = Verified.of(key.sign(data(), TIME), DATA, key.publicKey());
    assertThat(binary.good()).isTrue();
    assertThat(binary.signature().getVersion()).isEqualTo(4);
    assertThat(binary.signature().getHashAlgorithm()).isEqualTo(HashAlgorithmTags.SHA256);
    assertThat(binary.signature().getCreationTime()).isEqualTo(TIME);
    assertThat(key.fingerprint()).endsWith(String.format("%016X", binary.signature().getKeyID()));
    byte[] armoured = key.signArmored(data(), TIME).getBytes(StandardCharsets.US_ASCII);
    assertThat(Verified.of(armoured, DATA, key.publicKey()).good()).isTrue();
    byte[] other = "what is not signed".getBytes(StandardCharsets.UTF_8);
    assertThat(Verified.of(armoured, other, key.publicKey()).good()).isFalse();
  }

  @Test
  void signatureIsNeverOlderThanItsKey() throws IOException {
    PgpKey key = Keys.signer();
    byte[] signature = key.sign(data(), Keys.CREATED.minusSeconds(1));
    assertThat(Verified.of(signature, DATA, key.publicKey()).signature().getCreationTime())
        .isEqualTo(Keys.CREATED);
  }

  @Test
  void sameBytesAndTimeGiveTheSameSignature() throws IOException {
    PgpKey key = Keys.signer();
    assertThat(key.signArmored(data(), TIME)).isEqualTo(key.signArmored(data(), TIME));
    assertThat(key.publicKey()).doesNotContain("Version").doesNotContain("PRIVATE");
  }

  @Test
  void ed25519IsTakenWithAWarning() throws IOException {
    PgpKey key = Keys.signer();
    assertThat(key.isRsa()).isFalse();
    assertThat(key.warning().orElseThrow()).contains(key.fingerprint(), "Ed25519", "rpm 4.14");
  }

  @Test
  void passphraseOpensAProtectedKey() throws IOException {
    String text = Keys.ed25519(Optional.of("open sesame"), 0);
    Path file = write(text);
    PgpKey key = PgpKey.read(file, Optional.of("open sesame"));
    assertThat(Verified.of(key.sign(data(), TIME), DATA, key.publicKey()).good()).isTrue();
    assertThatThrownBy(() -> PgpKey.read(file, Optional.empty()))
        .isInstanceOf(IllegalKey.class)
        .hasMessage(
            file + ": the key is protected by a passphrase; give it in APPLIANCE_SIGN_PASSPHRASE");
    assertThatThrownBy(() -> PgpKey.read(file, Optional.of("wrong")))
        .isInstanceOf(IllegalKey.class)
        .hasMessage(file + ": APPLIANCE_SIGN_PASSPHRASE does not open the key; correct it");
  }

  @Test
  void weakAndUnknownKindsAreRefused() throws IOException {
    refused(Keys.rsa(2048), "is an RSA key of 2048 bits, but a release is signed with 4096");
    refused(Keys.ecdsa(), "is a key of OpenPGP's algorithm 19");
    refused(Keys.ed25519(Optional.empty(), KeyFlags.CERTIFY_OTHER), "the primary key may not sign");
  }

  @Test
  void keyThatMaySignIsTaken() throws IOException {
    String text = Keys.ed25519(Optional.empty(), KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
    assertThat(PgpKey.read(write(text), Optional.empty()).userId()).contains("release@example.org");
  }

  @Test
  void whatIsNoSecretKeyIsRefused() throws IOException {
    refused("not a key", "is not an ASCII-armoured OpenPGP secret key");
    refused(Keys.signer().publicKey(), "is not an ASCII-armoured OpenPGP secret key");
    String whole = Keys.ed25519(Optional.empty(), 0);
    refused(whole.substring(0, whole.length() / 2), "the secret key is damaged");
    assertThatThrownBy(() -> PgpKey.read(folder.resolve("absent"), Optional.empty()))
        .isInstanceOf(IllegalKey.class)
        .hasMessageContaining("absent: cannot be read; give an ASCII-armoured");
  }

  private void refused(String text, String why) throws IOException {
    Path file = write(text);
    assertThatThrownBy(() -> PgpKey.read(file, Optional.empty()))
        .isInstanceOf(IllegalKey.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(why);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("key.asc"), text);
  }

  private static ByteArrayInputStream data() {
    return new ByteArrayInputStream(DATA);
  }
}

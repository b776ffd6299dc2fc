package org.airflowappliance.debian;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.airflowappliance.lock.Mirror;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.Store;
import org.airflowappliance.lock.StoreProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signed files were made by GnuPG. */
class SuiteTest {
  private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");

  @TempDir Path cache;

  private static byte[] signed(String name) throws IOException {
    try (InputStream in = SuiteTest.class.getResourceAsStream("signed/" + name)) {
      return in.readAllBytes();
    }
  }

  private static Path keyring(String name) {
    try {
      return Path.of(SuiteTest.class.getResource("signed/" + name).toURI());
    } catch (URISyntaxException problem) {
      throw new IllegalStateException(problem);
    }
  }

  private static Suite fetch(byte[] release, String suite, String keyring, Instant now)
      throws IOException {
    try (Mirror mirror = new Mirror().with("dists/" + suite + "/InRelease", release)) {
      return Suite.fetch(new Mirrors(mirror.base().toString()), suite, keyring(keyring), now);
    }
  }

  @Test
  void readsTheIndexOfAGoodSignature() throws IOException {
    try (Mirror mirror =
        new Mirror()
            .with("dists/testing-ground/InRelease", signed("InRelease"))
            .with("dists/testing-ground/main/binary-amd64/Packages.xz", signed("Packages.xz"))) {
      Mirrors mirrors = new Mirrors(mirror.base().toString());
      Suite suite = Suite.fetch(mirrors, "testing-ground", keyring("archive.gpg"), NOW);
      assertThat(suite.release()).contains("\n- a line that a signer has to escape");
      Store store = new Store(cache, mirrors, false, (what, done, total) -> {});
      assertThat(Closure.of(suite.index(store), List.of("hello"), Set.of()))
          .extracting(Pin::location)
          .containsExactly("pool/h/hello_1.0-1_amd64.deb", "pool/h/libhello_2_amd64.deb");
    }
  }

  @Test
  void takesTheSuitesNameToo() throws IOException {
    assertThat(fetch(signed("InRelease"), "stable", "archive.gpg", NOW).name()).isEqualTo("stable");
  }

  @Test
  void refusesAChangedText() throws IOException {
    String forged = new String(signed("InRelease"), UTF_8).replace("binary-amd64", "binary-amd46");
    assertThatThrownBy(() -> fetch(forged.getBytes(UTF_8), "stable", "archive.gpg", NOW))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("dists/stable/InRelease: no good signature");
  }

  @Test
  void refusesAnotherKey() {
    assertThatThrownBy(() -> fetch(signed("InRelease"), "stable", "other.gpg", NOW))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("other.gpg")
        .hasMessageContaining("it is signed by 6E7FA2802D0F379B");
  }

  @Test
  void refusesAWeakDigest() {
    assertThatThrownBy(() -> fetch(signed("weak"), "stable", "archive.gpg", NOW))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("no good signature");
  }

  @Test
  void refusesATextWithoutSignature() {
    assertThatThrownBy(
            () -> fetch("Codename: stable\n".getBytes(UTF_8), "stable", "archive.gpg", NOW))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("is not a signed text");
  }

  @Test
  void refusesAnotherRelease() {
    assertThatThrownBy(() -> fetch(signed("InRelease"), "bullseye", "archive.gpg", NOW))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("is of testing-ground, not of bullseye");
  }

  @Test
  void refusesAMirrorThatWasLeftBehind() {
    assertThatThrownBy(
            () ->
                fetch(
                    signed("InRelease"),
                    "stable",
                    "archive.gpg",
                    Instant.parse("2030-01-02T03:04:06Z")))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("was valid until Wed, 02 Jan 2030 03:04:05 UTC");
  }

  @Test
  void saysThatTheKeyringIsMissing() throws IOException {
    try (Mirror mirror = new Mirror().with("dists/stable/InRelease", signed("InRelease"))) {
      assertThatThrownBy(
              () ->
                  Suite.fetch(
                      new Mirrors(mirror.base().toString()),
                      "stable",
                      cache.resolve("none.gpg"),
                      NOW))
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining("none.gpg: there is no such keyring");
    }
  }
}

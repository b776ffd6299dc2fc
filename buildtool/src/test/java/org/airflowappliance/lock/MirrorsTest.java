package org.airflowappliance.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorsTest {
  @TempDir Path apt;

  private List<String> bases() {
    return new Mirrors(null, apt).bases().stream().map(URI::toString).toList();
  }

  private void file(String path, String text) throws IOException {
    Path file = apt.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void readsStanzas() throws IOException {
    file(
        "sources.list.d/debian.sources",
        """
        # URIs: http://commented.example/debian
        Types: deb
        # a comment inside
        URIs: http://one.example/debian/
         http://two.example/debian
        Suites: bookworm bookworm-updates
        Components: main contrib
        Signed-By: /usr/share/keyrings/x.gpg

        types: deb deb-src
        uris: http://three.example/debian
        suites: sid
        components: main

        Types: deb
        URIs: http://security.example/debian-security
        Suites: bookworm-security
        Components: main
        """);
    assertThat(bases())
        .containsExactly(
            "http://one.example/debian",
            "http://two.example/debian",
            "http://three.example/debian");
  }

  @Test
  void readsLinesBeforeFolders() throws IOException {
    file(
        "sources.list",
        """
        # deb http://commented.example/debian bookworm main
        deb-src http://source.example/debian bookworm main
        deb [arch=amd64 signed-by=/x.gpg] https://one.example/debian/ bookworm main # here
        deb http://security.example/debian-security bookworm-security main
        deb http://vendor.example/apt cloud-sdk-bookworm main
        deb http://half.example/debian bookworm non-free
        deb cdrom:[Debian]/ bookworm main
        """);
    file("sources.list.d/b.list", "deb http://two.example/debian trixie main\n");
    file("sources.list.d/a.list", "deb https://one.example/debian trixie main\n");
    file("sources.list.d/c.list.disabled", "deb http://no.example/debian trixie main\n");
    assertThat(bases()).containsExactly("https://one.example/debian", "http://two.example/debian");
  }

  @Test
  void leavesOutWhatIsDisabledOrOfAnotherKind() throws IOException {
    file(
        "sources.list.d/debian.sources",
        """
        Enabled: no
        Types: deb
        URIs: http://disabled.example/debian
        Suites: bookworm
        Components: main

        Types: deb-src
        URIs: http://source.example/debian
        Suites: bookworm
        Components: main

        Types: deb
        URIs: http://ubuntu.example/ubuntu
        Suites: jammy
        Components: main
        """);
    assertThatThrownBy(this::bases)
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining(apt.toString())
        .hasMessageContaining("give --debian-mirror URL");
  }

  @Test
  void anOptionWins() throws IOException {
    file("sources.list", "deb http://one.example/debian bookworm main\n");
    assertThat(new Mirrors("http://mine.example/d//", apt).bases())
        .containsExactly(URI.create("http://mine.example/d"));
    for (String wrong : List.of("ftp://x.example/debian", "mirror", "http://", "http://a b")) {
      assertThatThrownBy(() -> new Mirrors(wrong, apt).bases())
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining("--debian-mirror: '" + wrong + "'");
    }
  }

  @Test
  void readsWhatNoLockKnowsFromTheFirstMirrorThatHasIt() throws IOException {
    try (Mirror empty = new Mirror();
        Mirror full = new Mirror().with("dists/x/InRelease", "text".getBytes(UTF_8))) {
      file("sources.list", "deb " + empty.base() + " sid main\ndeb " + full.base() + " sid main\n");
      assertThat(new Mirrors(null, apt).unlocked("dists/x/InRelease"))
          .asString(UTF_8)
          .isEqualTo("text");
      assertThatThrownBy(() -> new Mirrors(null, apt).unlocked("dists/y/InRelease"))
          .isInstanceOf(StoreProblem.class)
          .hasMessageContaining("dists/y/InRelease: cannot be fetched")
          .hasMessageContaining(empty.base() + "/dists/y/InRelease answers 404");
    }
  }
}

package org.airflowappliance.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.file.Tally;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.ReleasePath;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
  private static final Path GOLDEN = Path.of("src/test/golden/image/small.txt");
  private static final boolean UPDATE = "update".equals(System.getProperty("golden"));

  @TempDir Path folder;
  private SmallImage image;

  @BeforeEach
  void definitions() throws IOException {
    image = SmallImage.in(folder);
  }

  @Test
  void plansTheArchiveAndItsDigest() {
    List<Artifact> planned = image.planned();
    assertThat(planned)
        .extracting(artifact -> artifact.path().value(), Artifact::kind)
        .containsExactly(
            tuple("images/small.tar", "image"),
            tuple("images/small.digest", "image-digest"),
            tuple("images/small.cosign.json", "image-claim"),
            tuple("images/small.cosign.json.sig", "signature"));
    assertThat(planned.get(1).inputs()).containsExactly(new ReleasePath("images/small.tar"));
  }

  @Test
  void configurationAndLayersAreTheGoldenOnes() throws IOException {
    String listing = listing(image.build());
    if (UPDATE) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, listing);
    }
    assertThat(listing).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void theDigestIsThatOfTheManifestWhichNamesTheSameBlobsAsDockers() throws IOException {
    Path tar = image.build();
    String digest = Files.readString(folder.resolve("images/small.digest"));
    assertThat(digest).matches("sha256:[0-9a-f]{64}\n");
    try (ImageArchive archive = ImageArchive.open(tar)) {
      String name = "blobs/sha256/" + digest.substring(7).strip();
      assertThat("sha256:" + sha256(archive, name) + "\n").isEqualTo(digest);
      for (String layer : archive.layers()) {
        assertThat("blobs/sha256/" + sha256(archive, layer)).isEqualTo(layer);
      }
    }
  }

  @Test
  void twoBuildsGiveTheSameBytes() throws IOException {
    byte[] first = Files.readAllBytes(image.build());
    Deletion.of(folder.resolve("derived"));
    assertThat(Files.readAllBytes(image.build())).isEqualTo(first);
  }

  @Test
  void aChangedLayerMakesNoOtherAgain() throws IOException {
    image.build();
    Path derived = folder.resolve("derived");
    String[] before = derived.toFile().list();
    image.edit("/opt/link", "/opt/another");
    image.build();
    assertThat(before).hasSize(2);
    assertThat(derived.toFile().list())
        .hasSize(3)
        .contains(before)
        .filteredOn(name -> name.startsWith("layer-own"))
        .hasSize(2);
  }

  @Test
  void whatMustBeAbsentIsRefusedWithItsLayer() throws IOException {
    image.edit("/**/pip", "/**/bin/other*");
    assertThatThrownBy(image::build)
        .hasMessage(
            "images/small/image.yaml: layer system holds /usr/bin/other-name, which `absent`"
                + " forbids; prune it or take its package out");
  }

  @Test
  void unknownKeysAndPackagesAreRefusedWithTheFile() throws IOException {
    image.edit("title:", "titel:");
    assertThatThrownBy(image::planned)
        .hasMessageStartingWith(
            "images/small/image.yaml: unknown key 'titel'; remove or correct it, known are title,");
    image.edit("titel:", "title:");
    image.edit("packages: [tool]", "packages: [tool, hammer]");
    assertThatThrownBy(image::planned)
        .hasMessage(
            "images/small/image.yaml: package 'hammer' is not in images/small/image.lock; run"
                + " `appliance lock`");
    image.edit("tool, hammer", "tool");
    image.edit("packages: [\"*\"]", "packages: []");
    assertThatThrownBy(image::planned)
        .hasMessage("images/small/image.yaml: no layer takes tool; give one the packages [\"*\"]");
  }

  @Test
  void aWrongFileIsRefusedWithItsPath() throws IOException {
    image.edit("mode: \"1777\"", "mode: rwx");
    assertThatThrownBy(image::planned)
        .hasMessageContaining("image.yaml: layers: files: /tmp: mode 'rwx' is not octal");
    image.edit("mode: rwx", "kind2: file");
    assertThatThrownBy(image::planned).hasMessageContaining("unknown key 'kind2'");
    image.edit("kind2: file", "owner: nobody:0");
    assertThatThrownBy(image::planned)
        .hasMessageContaining("/tmp: owner 'nobody' is not root, airflow, users or a number");
  }

  private static String sha256(ImageArchive archive, String name) throws IOException {
    try (Tally tally = new Tally(ByteArrayOutputStream.nullOutputStream())) {
      archive.content(name).writeTo(tally);
      return tally.hex();
    }
  }

  private static String listing(Path tar) throws IOException {
    StringBuilder text = new StringBuilder();
    try (ImageArchive archive = ImageArchive.open(tar)) {
      JsonNode configuration = archive.configuration().without("rootfs");
      text.append(configuration.toPrettyString()).append('\n');
      for (String layer : archive.layers()) {
        text.append("layer\n");
        list(archive.content(layer).bytes(), text);
      }
    }
    return text.toString();
  }

  private static void list(byte[] layer, StringBuilder text) throws IOException {
    TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GzipCompressorInputStream(new ByteArrayInputStream(layer), true));
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Tally content = new Tally(ByteArrayOutputStream.nullOutputStream());
      tar.transferTo(content);
      text.append(
          "%s %04o %d:%d %d %s%n"
              .formatted(
                  entry.getName(),
                  entry.getMode(),
                  entry.getLongUserId(),
                  entry.getLongGroupId(),
                  entry.getLastModifiedTime().toMillis() / 1000,
                  described(entry, content)));
    }
  }

  private static String described(TarArchiveEntry entry, Tally content) {
    if (entry.isDirectory()) {
      return "directory";
    }
    return entry.getLinkName().isEmpty()
        ? entry.getSize() + " " + content.hex()
        : "-> " + entry.getLinkName();
  }
}

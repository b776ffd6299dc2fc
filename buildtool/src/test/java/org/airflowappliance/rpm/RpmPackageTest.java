package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.file.Tally;
import org.airflowappliance.plan.Signer;
import org.airflowappliance.release.Keys;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.release.Verified;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RpmPackageTest {
  private static final Instant EPOCH = Instant.parse("2022-04-06T10:20:30Z");
  private static PgpKey signer;

  @TempDir Path folder;

  @BeforeAll
  static void key() throws IOException {
    signer = Keys.signer();
  }

  @Test
  void identityIsReadBack() throws IOException {
    TagTable tags = header(Specs.full()).tags();
    assertThat(tags.text(RpmTag.NAME)).isEqualTo("airflow-cluster-lab");
    assertThat(tags.text(RpmTag.VERSION)).isEqualTo("1.5");
    assertThat(tags.text(RpmTag.RELEASE)).isEqualTo("2.el8");
    assertThat(tags.text(RpmTag.ARCH)).isEqualTo("noarch");
    assertThat(tags.text(RpmTag.DESCRIPTION)).isEqualTo("First & <second>.\n\nÜmlaute, 서울.");
    assertThat(tags.text(RpmTag.SOURCE_RPM)).isEqualTo("airflow-cluster-lab-1.5-2.el8.src.rpm");
    assertThat(tags.number(RpmTag.BUILD_TIME)).isEqualTo(EPOCH.getEpochSecond());
    assertThat(tags.number(RpmTag.CHANGELOG_TIMES))
        .isEqualTo(Instant.parse("2022-04-06T12:00:00Z").getEpochSecond());
    assertThat(tags.text(RpmTag.CHANGELOG_NAMES)).isEqualTo("Airflow appliance - 1.5-2.el8");
    assertThat(tags.number(RpmTag.SIZE)).isEqualTo(7 + 4 + 2 + 11 + 4);
    assertThat(tags.text(RpmTag.PREUN)).isEqualTo("echo preun\n");
    assertThat(tags.text(RpmTag.PREUN_SHELL)).isEqualTo("/bin/sh");
  }

  @Test
  void relationsAreComplete() throws IOException {
    TagTable tags = header(Specs.full()).tags();
    assertThat(relations(tags, RpmTag.REQUIRE_NAMES, RpmTag.REQUIRE_FLAGS, RpmTag.REQUIRE_VERSIONS))
        .containsExactly(
            "/bin/sh 120 ",
            "/bin/sh 300 ",
            "/bin/sh 500 ",
            "/bin/sh 900 ",
            "/bin/sh 1100 ",
            "airflow 8 2.2.5-1.el8",
            "python39 c 3.9.2",
            "rpmlib(CompressedFileNames) 100000a 3.0.4-1",
            "rpmlib(FileDigests) 100000a 4.6.0-1",
            "rpmlib(PayloadFilesHavePrefix) 100000a 4.0-1",
            "systemd 0 ");
    assertThat(relations(tags, RpmTag.PROVIDE_NAMES, RpmTag.PROVIDE_FLAGS, RpmTag.PROVIDE_VERSIONS))
        .containsExactly("airflow-cluster-lab 8 1.5-2.el8", "airflow-configuration 8 1.5");
    assertThat(
            relations(tags, RpmTag.CONFLICT_NAMES, RpmTag.CONFLICT_FLAGS, RpmTag.CONFLICT_VERSIONS))
        .containsExactly("airflow-old 2 1:2-3");
  }

  @Test
  void packageOfOneArchitectureProvidesItAndNeedsNoShellWithoutScripts() throws IOException {
    TagTable tags = header(Specs.command()).tags();
    assertThat(tags.texts(RpmTag.PROVIDE_NAMES)).containsExactly("airflow", "airflow(x86-64)");
    assertThat(tags.texts(RpmTag.REQUIRE_NAMES)).doesNotContain("/bin/sh").contains("python39");
    assertThat(tags.has(RpmTag.CONFLICT_NAMES)).isFalse();
  }

  @Test
  void filesAreReadBack() throws IOException {
    List<String> files = new ArrayList<>();
    for (RpmFile file : header(Specs.full()).files()) {
      files.add(
          "%s %06o %s:%s %d flags=%d %s"
              .formatted(
                  file.path(),
                  file.mode(),
                  file.user(),
                  file.group(),
                  file.size(),
                  file.flags(),
                  file.link()));
    }
    assertThat(files)
        .containsExactly(
            "/etc/airflow 040750 airflow:users 0 flags=0 ",
            "/etc/airflow/airflow.cfg 100640 airflow:users 7 flags=1 ",
            "/etc/airflow/local.env 100640 root:root 4 flags=17 ",
            "/run/airflow/environment 100640 root:root 0 flags=64 ",
            "/usr/share/doc/lab/Größe.txt 100644 root:root 2 flags=2 ",
            "/usr/share/doc/lab/empty 100644 root:root 0 flags=0 ",
            "/usr/share/doc/lab/링크 120777 root:root 11 flags=0 Größe.txt",
            "/usr/share/licenses/lab/LICENSE 100644 root:root 4 flags=128 ");
  }

  @Test
  void archiveHoldsWhatTheHeaderSays() throws IOException {
    Path rpm = write(Specs.full(), "a");
    List<String> carried = new ArrayList<>();
    for (RpmFile file : RpmHeader.read(rpm).files()) {
      if (!file.ghost()) {
        carried.add("." + file.path() + " " + file.mode() + " " + file.size());
      }
    }
    List<String> found = new ArrayList<>();
    try (CpioArchiveInputStream archive = archive(rpm)) {
      for (CpioArchiveEntry entry = archive.getNextEntry();
          entry != null;
          entry = archive.getNextEntry()) {
        found.add(entry.getName() + " " + entry.getMode() + " " + entry.getSize());
        assertThat(entry.getTime()).isEqualTo(EPOCH.getEpochSecond());
        if (entry.isSymbolicLink()) {
          assertThat(new String(archive.readAllBytes(), StandardCharsets.UTF_8))
              .isEqualTo("Größe.txt");
        }
      }
    }
    assertThat(found).isEqualTo(carried).hasSize(7);
  }

  @Test
  void digestsAndSignatureCoverHeaderAndPayload() throws IOException {
    Path rpm = write(Specs.full(), "a");
    RpmHeader header = RpmHeader.read(rpm);
    byte[] all = Files.readAllBytes(rpm);
    byte[] main = Arrays.copyOfRange(all, (int) header.start(), (int) header.end());
    byte[] payload = Arrays.copyOfRange(all, (int) header.end(), all.length);
    TagTable signature = header.signature();
    assertThat(header.start() % 8).isZero();
    assertThat(signature.text(RpmTag.SHA1_OF_HEADER)).isEqualTo(hex("SHA-1", main));
    assertThat(signature.text(RpmTag.SHA256_OF_HEADER)).isEqualTo(hex("SHA-256", main));
    assertThat(header.tags().text(RpmTag.PAYLOAD_DIGEST)).isEqualTo(hex("SHA-256", payload));
    assertThat(signature.number(RpmTag.SIZE_OF_HEADER_AND_PAYLOAD))
        .isEqualTo(main.length + payload.length);
    byte[] both = Arrays.copyOfRange(all, (int) header.start(), all.length);
    assertThat(HexFormat.of().formatHex(signature.bytes(RpmTag.MD5_OF_HEADER_AND_PAYLOAD)))
        .isEqualTo(hex("MD5", both));
    assertThat(header.files().get(2).digest())
        .isEqualTo(hex("SHA-256", "A=1\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(Verified.of(signature.bytes(RpmTag.SIGNED_BY_DSA), main, signer.publicKey()).good())
        .isTrue();
    assertThat(signature.has(RpmTag.SIGNED_BY_RSA)).isFalse();
  }

  @Test
  void signatureOfAnRsaKeyStandsInItsOwnEntry() throws IOException {
    Path rpm = folder.resolve("rsa.rpm");
    RpmPackage.write(Specs.command(), EPOCH, new ClaimsRsa(signer), rpm);
    TagTable signature = RpmHeader.read(rpm).signature();
    assertThat(signature.has(RpmTag.SIGNED_BY_RSA)).isTrue();
    assertThat(signature.has(RpmTag.SIGNED_BY_DSA)).isFalse();
  }

  @Test
  void sameInputGivesTheSameBytes() throws IOException {
    assertThat(write(Specs.full(), "a")).hasSameBinaryContentAs(write(Specs.full(), "b"));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).hasSize(2);
    }
  }

  @Test
  void immutableRegionsSpanAllEntries() throws IOException {
    RpmHeader header = header(Specs.full());
    region(header.tags(), RpmTag.HEADER_REGION);
    region(header.signature(), RpmTag.SIGNATURE_REGION);
  }

  private static void region(TagTable tags, int region) {
    assertThat(tags.bytes(region)).hasSize(16);
    int offset = ByteBuffer.wrap(tags.bytes(region)).getInt(8);
    assertThat(offset).isEqualTo(-16 * tags.tags().size());
  }

  @Test
  void packageWithoutFilesIsWhole() throws IOException {
    Path rpm = folder.resolve("empty.rpm");
    RpmSpec spec = Specs.spec("empty", "noarch", FileTree.empty(), Map.of());
    RpmPackage.write(spec, EPOCH, signer, rpm);
    assertThat(RpmHeader.read(rpm).files()).isEmpty();
    assertThat(RpmHeader.read(rpm).tags().has(RpmTag.DIR_NAMES)).isFalse();
    try (CpioArchiveInputStream archive = archive(rpm)) {
      assertThat(archive.getNextEntry()).isNull();
    }
  }

  @Test
  void contentThatChangesWhileItIsReadIsRefusedAndNothingStays() throws IOException {
    Content growing =
        new Content() {
          @Override
          public long size() {
            return 3;
          }

          @Override
          public void writeTo(OutputStream out) throws IOException {
            out.write(new byte[4]);
          }
        };
    FileTree tree = FileTree.of(List.of(new Regular("/log", Owner.ROOT, 0644, growing)));
    RpmSpec spec = Specs.spec("growing", "noarch", tree, Map.of());
    assertThatThrownBy(() -> RpmPackage.write(spec, EPOCH, signer, folder.resolve("a.rpm")))
        .isInstanceOf(IOException.class)
        .hasMessage("/log: has 4 bytes but had 3 when the package was begun; build again");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void flagOfAnAbsentFileIsRefused() {
    RpmSpec spec = Specs.spec("lab", "noarch", FileTree.empty(), Map.of("/etc/x", FileFlag.CONFIG));
    assertThatThrownBy(() -> write(spec, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "lab-1.5-2.el8.noarch.rpm: flags for [/etc/x], which the package does not hold");
  }

  @Test
  void nameThatRpmCannotUnpackIsRefused() {
    String path = "/" + "ü".repeat(124);
    FileTree tree = FileTree.of(List.of(new Regular(path, Owner.ROOT, 0644, Content.of(""))));
    assertThatThrownBy(() -> write(Specs.spec("lab", "noarch", tree, Map.of()), "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            " has a name of 248 bytes, but rpm can unpack no more than 246; shorten it");
  }

  private Path write(RpmSpec spec, String name) throws IOException {
    Path rpm = folder.resolve(name + ".rpm");
    RpmPackage.write(spec, EPOCH, signer, rpm);
    return rpm;
  }

  private RpmHeader header(RpmSpec spec) throws IOException {
    return RpmHeader.read(write(spec, spec.name()));
  }

  private static CpioArchiveInputStream archive(Path rpm) throws IOException {
    InputStream in = Files.newInputStream(rpm);
    in.skipNBytes(RpmHeader.read(rpm).end());
    return new CpioArchiveInputStream(
        new GzipCompressorInputStream(new ByteArrayInputStream(in.readAllBytes()), true), "UTF-8");
  }

  private static List<String> relations(TagTable tags, int names, int flags, int versions) {
    List<String> relations = new ArrayList<>();
    for (int i = 0; i < tags.texts(names).size(); i++) {
      relations.add(
          "%s %x %s"
              .formatted(
                  tags.texts(names).get(i), tags.numbers(flags)[i], tags.texts(versions).get(i)));
    }
    return relations;
  }

  private static String hex(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(Tally.digest(algorithm).digest(bytes));
  }

  /** A quick key that says it is RSA, which takes seconds to make. */
  private record ClaimsRsa(Signer key) implements Signer {
    @Override
    public String fingerprint() {
      return key.fingerprint();
    }

    @Override
    public String userId() {
      return key.userId();
    }

    @Override
    public boolean isRsa() {
      return true;
    }

    @Override
    public String publicKey() {
      return key.publicKey();
    }

    @Override
    public byte[] sign(InputStream data, Instant time) throws IOException {
      return key.sign(data, time);
    }

    @Override
    public String signArmored(InputStream data, Instant time) throws IOException {
      return key.signArmored(data, time);
    }

    @Override
    public byte[] signBare(byte[] data) throws IOException {
      return key.signBare(data);
    }
  }
}

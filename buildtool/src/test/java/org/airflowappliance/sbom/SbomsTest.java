package org.airflowappliance.sbom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.debian.DebFile;
import org.airflowappliance.debian.DebianRecords;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.PackedDefinitions;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.python.LicenceTexts;
import org.airflowappliance.python.SitePackages;
import org.airflowappliance.python.WheelDigests;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bills of a package with two of Python's and a boot loader of two of Debian's. */
class SbomsTest {
  private static final Instant EPOCH = Instant.parse("2022-04-06T00:00:00Z");
  private static final AirflowLine LINE =
      new AirflowLine("1.0", "3.9", 7, EPOCH, "", "", "", List.of());
  private static final Pin LIBRARY =
      new Pin("libc++1", "1:2.0-1+b2", "pool/libc.deb", 1, "7".repeat(64));
  private static final Pin BASE = new Pin("base", "2.0-1", "pool/base.deb", 1, "8".repeat(64));
  private static final String WHEEL = "9".repeat(64);
  private static final String RPM = "rpm/small-1.0-7.el8.x86_64.rpm";

  @TempDir Path folder;

  private FolderWorkbench bench;
  private final Map<String, String> written = new TreeMap<>();

  /** Some artifact whose bytes do not matter here. */
  private record Made(ReleasePath path, String kind, Materials materials)
      implements Materials.Composed {
    @Override
    public List<ReleasePath> inputs() {
      return List.of();
    }

    @Override
    public String recipe() {
      return "";
    }

    @Override
    public void write(Path target, Workbench workbench) throws IOException {
      Files.writeString(target, kind);
    }
  }

  @BeforeEach
  void write() throws IOException {
    bench = new FolderWorkbench(folder, EPOCH, null);
    debian();
    python();
    List<Artifact> earlier =
        List.of(
            new Made(
                new ReleasePath(RPM),
                "rpm",
                new Materials(
                    "small",
                    "1.0-7.el8",
                    Optional.empty(),
                    List.of(
                        new DerivedTree(new SitePackages(LINE), "/usr/lib/small"),
                        new DerivedTree(new LicenceTexts(LINE), "/usr/share/licenses/small")),
                    Optional.empty())),
            new Made(
                new ReleasePath("pxe/loader"),
                "loader",
                new Materials(
                    "loader",
                    "",
                    Optional.of(
                        new Materials.Debian(
                            List.of(LIBRARY, BASE), "bullseye", "pxe/licences/*.txt")),
                    List.of(),
                    Optional.of("registry.example/os/base:1@sha256:" + "6".repeat(64)))));
    for (Artifact each : earlier) {
      bench.write(each);
    }
    Blueprint blueprint =
        new Blueprint(
            ClusterYaml.example(List.of("2.2.5")), PackedDefinitions.folder(folder), LINE, EPOCH);
    for (Artifact each : new Sboms().plan(blueprint, earlier)) {
      written.put(each.path().value(), Files.readString(bench.write(each)));
    }
  }

  /** The library's folder of documents is a link to the other package's. */
  private void debian() throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("downloads"));
    DebFile.write(
        downloads.resolve(LIBRARY.sha256()),
        "data.tar.xz",
        "Package: libc++1\nArchitecture: amd64\nSource: clang (1:2.0-1)\nVersion: 1:2.0-1+b2\n",
        tar -> {
          DebFile.file(tar, "./usr/lib/libc++.so", 0644);
          DebFile.link(tar, TarConstants.LF_SYMLINK, "./usr/share/doc/libc++1", "base");
        });
    DebFile.write(
        downloads.resolve(BASE.sha256()),
        "data.tar.xz",
        "Package: base\nArchitecture: all\nVersion: 2.0-1\n",
        tar -> DebFile.file(tar, "./usr/share/doc/base/copyright", 0644));
    // the test's packages have their names for texts
    Path records = bench.derived(new DebianRecords(List.of(LIBRARY, BASE)));
    Files.writeString(
        records.resolve("usr/share/doc/base/copyright"),
        "Format: copyright-format 1.0\n\nLicense: Expat\n\nLicense: own+ terms\n");
  }

  /** One package with a text of its licence, one without; as if they were installed. */
  private void python() throws IOException {
    Path installed = placed(new SitePackages(LINE));
    info(installed, "Zope.Some_Thing-1.0", "License: ZPL-2.1", "LICENSE.txt");
    info(installed, "bare-2", "License: BSD", "AUTHORS");
    Files.writeString(
        placed(new WheelDigests(LINE)).resolve("sha256"),
        "zope-some-thing " + WHEEL + "\nbare " + WHEEL + "\n");
  }

  private Path placed(Derived derived) throws IOException {
    return Files.createDirectories(
        folder.resolve("derived").resolve(derived.name() + "-" + derived.recipe()));
  }

  private static void info(Path installed, String name, String licence, String file)
      throws IOException {
    Path info = Files.createDirectories(installed.resolve(name + ".dist-info"));
    Files.writeString(
        info.resolve("METADATA"),
        "Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s\nAuthor: Somebody\n\nName: no field\n"
            .formatted(name.split("-")[0], name.split("-")[1], licence));
    Files.writeString(info.resolve(file), "text\n");
  }

  private JsonNode json(String path) throws IOException {
    return new ObjectMapper().readTree(written.get(path));
  }

  @Test
  void eachRpmAndTheReleaseHaveBothFormatsAndTheyAreValid() throws IOException {
    assertThat(written.keySet())
        .containsExactly(
            "THIRD-PARTY.txt",
            "sbom/release.cdx.json",
            "sbom/release.spdx.json",
            "sbom/small-1.0-7.el8.x86_64.rpm.cdx.json",
            "sbom/small-1.0-7.el8.x86_64.rpm.spdx.json");
    for (Map.Entry<String, String> each : written.entrySet()) {
      if (each.getKey().endsWith(".json")) {
        Schemas.check(each.getKey(), each.getValue());
      }
    }
  }

  @Test
  void cycloneDxTellsPackagesByPurlHashAndLicence() throws IOException {
    JsonNode bom = json("sbom/release.cdx.json");
    Map<String, String> told = new TreeMap<>();
    bom.path("components")
        .forEach(
            each ->
                told.put(
                    each.path("purl").asText(),
                    each.path("hashes").path(0).path("content").asText()
                        + " "
                        + each.path("licenses").findValuesAsText("id")
                        + each.path("licenses").findValuesAsText("name")));
    assertThat(told)
        .containsExactly(
            Map.entry(
                "pkg:deb/debian/base@2.0-1?arch=all&distro=debian-11",
                BASE.sha256() + " [MIT][own+ terms]"),
            Map.entry(
                "pkg:deb/debian/libc%2B%2B1@1%3A2.0-1%2Bb2?arch=amd64&distro=debian-11&upstream=clang%401%3A2.0-1",
                LIBRARY.sha256() + " [MIT][own+ terms]"),
            Map.entry(
                "pkg:oci/base@sha256%3A"
                    + "6".repeat(64)
                    + "?repository_url=registry.example%2Fos%2Fbase",
                " [][]"),
            Map.entry("pkg:pypi/bare@2", WHEEL + " [][BSD]"),
            Map.entry("pkg:pypi/zope.some-thing@1.0", WHEEL + " [ZPL-2.1][]"));
    JsonNode head = json("sbom/small-1.0-7.el8.x86_64.rpm.cdx.json").path("metadata");
    assertThat(head.path("timestamp").asText()).isEqualTo(EPOCH.toString());
    assertThat(head.path("component").path("purl").asText())
        .isEqualTo("pkg:rpm/airflow-appliance/small@1.0-7.el8?arch=x86_64");
    assertThat(head.path("component").path("hashes").path(0).path("content").asText())
        .isEqualTo(bench.sha256(new ReleasePath(RPM)));
  }

  @Test
  void spdxExplainsLicencesThatAreNotInItsList() throws IOException {
    JsonNode document = json("sbom/release.spdx.json");
    assertThat(document.path("packages").findValuesAsText("licenseDeclared"))
        .contains("MIT AND LicenseRef-own-or-later-terms", "LicenseRef-BSD");
    assertThat(document.path("hasExtractedLicensingInfos").toString())
        .isEqualTo(
            "[{\"licenseId\":\"LicenseRef-BSD\",\"extractedText\":\"BSD\"},{\"licenseId\":\"LicenseRef-own-or-later-terms\",\"extractedText\":\"own+ terms\"}]");
    assertThat(document.path("relationships").findValuesAsText("relationshipType"))
        .containsExactly("DESCRIBES", "CONTAINS", "CONTAINS", "CONTAINS", "CONTAINS", "CONTAINS");
  }

  @Test
  void theListForPeopleSaysWhereTheTextsStand() {
    assertThat(written.get("THIRD-PARTY.txt"))
        .contains(
            """
            pxe/loader:
              base 2.0-1 - MIT, own+ terms
                pxe/licences/base.txt
              libc++1 1:2.0-1+b2 - MIT, own+ terms
                pxe/licences/libc++1.txt
              base sha256:6666666666666666666666666666666666666666666666666666666666666666 - unknown

            rpm/small-1.0-7.el8.x86_64.rpm:
              bare 2 - BSD
                /usr/share/licenses/small/bare/LICENSE
              Zope.Some_Thing 1.0 - ZPL-2.1
                /usr/lib/small/Zope.Some_Thing-1.0.dist-info/LICENSE.txt
            """);
  }

  @Test
  void whatBringsNoTextOfItsLicenceGetsTheStandardOne() throws IOException {
    assertThat(Files.readString(bench.derived(new LicenceTexts(LINE)).resolve("bare/LICENSE")))
        .startsWith(
            """
            bare 2 brings no text of its licence. It says of itself:

            License: BSD
            Author: Somebody

            The text of BSD-3-Clause in SPDX's list of licences, the usual one of that name:
            """)
        .contains("Redistribution and use in source and binary forms")
        .doesNotContain("no field");
    assertThat(bench.derived(new LicenceTexts(LINE)).resolve("zope-some-thing")).doesNotExist();
  }

  @Test
  void theSameReleaseHasTheSameBills() throws IOException {
    Map<String, String> before = new TreeMap<>(written);
    written.clear();
    write();
    assertThat(written).isEqualTo(before);
  }
}

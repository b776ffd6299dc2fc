package org.airflowappliance.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.PackedDefinitions;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.release.Keys;
import org.airflowappliance.release.PgpKey;
import org.airflowappliance.release.Verified;
import org.airflowappliance.rpm.RpmHeader;
import org.airflowappliance.rpm.RpmPackage;
import org.airflowappliance.rpm.RpmSpec;
import org.airflowappliance.rpm.Specs;
import org.airflowappliance.template.Template;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DnfRepositoryTest {
  private static final Instant EPOCH = Instant.parse("2022-04-06T00:00:00Z");
  private static final String REPODATA = "rpm/repodata/";
  private static PgpKey signer;

  @TempDir Path folder;

  @BeforeAll
  static void key() throws IOException {
    signer = Keys.signer();
  }

  @Test
  void plansMetadataOverAllPackages() {
    List<String> plan = new ArrayList<>();
    for (Artifact artifact : plan()) {
      plan.add(artifact.path() + " <- " + artifact.inputs());
    }
    String packages =
        "[rpm/airflow-1.5-2.el8.x86_64.rpm, rpm/airflow-cluster-lab-1.5-2.el8.noarch.rpm]";
    assertThat(plan)
        .containsExactly(
            "rpm/airflow-1.5-2.el8.x86_64.rpm <- []",
            "rpm/airflow-cluster-lab-1.5-2.el8.noarch.rpm <- []",
            REPODATA + "primary.xml.gz <- " + packages,
            REPODATA + "filelists.xml.gz <- " + packages,
            REPODATA + "other.xml.gz <- " + packages,
            REPODATA
                + "repomd.xml <- [rpm/repodata/primary.xml.gz, rpm/repodata/filelists.xml.gz,"
                + " rpm/repodata/other.xml.gz]",
            REPODATA + "repomd.xml.asc <- [rpm/repodata/repomd.xml]",
            "rpm/RPM-GPG-KEY-airflow-appliance <- []",
            "rpm/airflow-homelab.repo <- []",
            "rpm/mirrorlist <- []");
  }

  @Test
  void metadataDescribesThePackages() throws IOException {
    FolderWorkbench bench = build();
    Map<String, String> values = new LinkedHashMap<>();
    for (RpmSpec spec : List.of(Specs.command(), Specs.full())) {
      ReleasePath path = new ReleasePath("rpm/" + spec.fileName());
      RpmHeader header = RpmHeader.read(bench.built(path));
      values.put(spec.name() + ".sha256", bench.sha256(path));
      values.put(spec.name() + ".size", Long.toString(header.fileSize()));
      values.put(spec.name() + ".start", Long.toString(header.start()));
      values.put(spec.name() + ".end", Long.toString(header.end()));
    }
    for (String name : List.of("primary.xml", "filelists.xml", "other.xml")) {
      assertThat(unzipped(bench, name)).as(name).isEqualTo(expected(name, values));
    }
  }

  @Test
  void indexNamesTheMetadataByDigestAndIsSigned() throws IOException {
    FolderWorkbench bench = build();
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : List.of("primary", "filelists", "other")) {
      ReleasePath path = new ReleasePath(REPODATA + name + ".xml.gz");
      byte[] open = unzipped(bench, name + ".xml").getBytes(StandardCharsets.UTF_8);
      Path opened = Files.write(folder.resolve("open"), open);
      values.put(name + ".sha256", bench.sha256(path));
      values.put(name + ".size", Long.toString(Files.size(bench.built(path))));
      values.put(name + ".open", bench.sha256(new ReleasePath("open")));
      values.put(name + ".openSize", Long.toString(Files.size(opened)));
      Files.delete(opened);
    }
    byte[] index = Files.readAllBytes(bench.built(new ReleasePath(REPODATA + "repomd.xml")));
    assertThat(new String(index, StandardCharsets.UTF_8)).isEqualTo(expected("repomd.xml", values));
    byte[] signature =
        Files.readAllBytes(bench.built(new ReleasePath(REPODATA + "repomd.xml.asc")));
    String publicKey =
        Files.readString(bench.built(new ReleasePath("rpm/RPM-GPG-KEY-airflow-appliance")));
    assertThat(Verified.of(signature, index, publicKey).good()).isTrue();
  }

  @Test
  void repoFileChecksPackagesAndMetadata() throws IOException {
    FolderWorkbench bench = build();
    assertThat(bench.built(new ReleasePath("rpm/airflow-homelab.repo")))
        .content()
        .contains("\ngpgcheck=1\n", "\nrepo_gpgcheck=1\n", "\nmirrorlist=")
        .contains("/rpm/RPM-GPG-KEY-airflow-appliance\n")
        .doesNotContain("{{");
  }

  private FolderWorkbench build() throws IOException {
    FolderWorkbench bench = new FolderWorkbench(folder, EPOCH, signer);
    for (Artifact artifact : plan()) {
      bench.write(artifact);
    }
    return bench;
  }

  private static List<Artifact> plan() {
    List<Artifact> all = new ArrayList<>();
    all.add(new Package(Specs.command()));
    all.add(new Package(Specs.full()));
    all.addAll(new DnfRepository().plan(blueprint(), List.copyOf(all)));
    return new Plan(all).artifacts();
  }

  private static Blueprint blueprint() {
    Definitions definitions = PackedDefinitions.carried();
    List<String> versions = AirflowLines.versions(definitions);
    return new Blueprint(
        ClusterYaml.example(versions),
        definitions,
        AirflowLines.read(definitions, versions.get(0)),
        EPOCH);
  }

  private static String unzipped(FolderWorkbench bench, String name) throws IOException {
    Path file = bench.built(new ReleasePath(REPODATA + name + ".gz"));
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String expected(String name, Map<String, String> values) throws IOException {
    try (InputStream in = DnfRepositoryTest.class.getResourceAsStream(name)) {
      return new Template(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)).fill(values);
    }
  }

  /** A package without derived trees. */
  private record Package(RpmSpec spec) implements Artifact {
    @Override
    public ReleasePath path() {
      return new ReleasePath("rpm/" + spec.fileName());
    }

    @Override
    public String kind() {
      return "rpm";
    }

    @Override
    public List<ReleasePath> inputs() {
      return List.of();
    }

    @Override
    public String recipe() {
      return new Fingerprint().add(spec.fileName()).hex();
    }

    @Override
    public void write(Path target, Workbench bench) throws IOException {
      RpmPackage.write(spec, bench.epoch(), bench.signer(), target);
    }
  }
}

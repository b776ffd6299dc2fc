package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.release.PgpKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Promise: the real dnf installs from the signed repository, and from no changed one. */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class RepositoryIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static Path repository;
  private static String repoFile;
  private static Path stub;

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void build() throws IOException {
    repository = Tool.example().resolve("rpm");
    repoFile = Files.readString(repository.resolve("airflow-homelab.repo"));
    stub = Packages.stub(shared);
  }

  @Test
  void dnfInstallsTheClusterAndRpmFindsItUnchanged() throws IOException {
    DnfRoot root = DnfRoot.create(folder, stub).withRepository(repoFile, repository);
    Program installed = root.dnf("install", "airflow-cluster-homelab");
    assertThat(installed.code()).as(installed.out() + installed.err()).isZero();
    assertThat(root.rpm("-qa", "--qf", "%{NAME}\n").lines())
        .contains(
            "airflow",
            "airflow-webserver",
            "airflow-scheduler",
            "airflow-dags-s3fs",
            "airflow-cluster-homelab");
    assertThat(root.rpm("-V", "airflow", "airflow-cluster-homelab", "airflow-webserver")).isEmpty();
    Program removed = root.dnf("remove", "airflow");
    assertThat(removed.code()).as(removed.out() + removed.err()).isZero();
    assertThat(root.path().resolve("usr/lib/airflow")).doesNotExist();
  }

  @Test
  void changedMetadataIsRefused() throws IOException {
    Path copy = copy();
    Path index = copy.resolve("repodata/repomd.xml");
    String text = Files.readString(index);
    Files.delete(index);
    Files.writeString(index, text + "\n");
    DnfRoot root = DnfRoot.create(folder, stub).withRepository(repoFile, copy);
    Program refused = root.dnf("install", "airflow-cluster-homelab");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.out() + refused.err()).containsPattern("repomd.xml GPG|Bad GPG signature");
  }

  @Test
  void packageOfAnotherKeyIsRefused() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Packages.ofAnotherKey(other, PgpKey.development(folder.resolve("another-key")));
    Files.copy(
        repository.resolve("RPM-GPG-KEY-airflow-appliance"),
        other.resolve("RPM-GPG-KEY-airflow-appliance"));
    Program.run(LIMIT, "createrepo_c", "--quiet", other.toString());
    // Only the packages' own signatures are left to judge.
    String packagesOnly = repoFile.replace("repo_gpgcheck=1", "repo_gpgcheck=0");
    DnfRoot root = DnfRoot.create(folder, stub).withRepository(packagesOnly, other);
    Program refused = root.dnf("install", "stranger");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.out() + refused.err()).containsPattern("GPG check FAILED|not correct");
    assertThat(root.rpm("-qa")).doesNotContain("stranger");
  }

  @Test
  void metadataSaysWhatCreaterepoSays() throws Exception {
    Path copy = copy();
    Program.run(
        LIMIT,
        "createrepo_c",
        "--quiet",
        "--no-database",
        "--simple-md-filenames",
        copy.toString());
    for (String name : List.of("primary", "filelists", "other")) {
      String file = "repodata/" + name + ".xml.gz";
      assertThat(elements(repository.resolve(file)))
          .as(name)
          .isEqualTo(elements(copy.resolve(file)));
    }
  }

  /** The repository with hard links, so that nothing big is copied. */
  private Path copy() throws IOException {
    Path copy = folder.resolve("copy");
    Program.run(LIMIT, "cp", "-al", repository.toString(), copy.toString());
    return copy;
  }

  private static List<String> elements(Path gzipped)
      throws IOException, SAXException, ParserConfigurationException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(gzipped))) {
      Element root =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(in)
              .getDocumentElement();
      return new ArrayList<>(new TreeSet<>(Stream.of(root).flatMap(RepositoryIT::lines).toList()));
    }
  }

  /** Every leaf with its package's name; an entry said twice says nothing more. */
  private static Stream<String> lines(Element root) {
    List<String> lines = new ArrayList<>();
    for (Node each = root.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element element) {
        String name =
            element.hasAttribute("name")
                ? element.getAttribute("name")
                : element.getElementsByTagName("name").item(0).getTextContent();
        describe(name + ": ", element, lines);
      }
    }
    return lines.stream();
  }

  private static void describe(String prefix, Element element, List<String> lines) {
    TreeMap<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      Node attribute = element.getAttributes().item(i);
      attributes.put(attribute.getNodeName(), attribute.getNodeValue());
    }
    if (element.getTagName().equals("time")) {
      // Ours is the release's time, createrepo's that of the file on disk.
      attributes.remove("file");
    }
    String path = prefix + element.getTagName();
    List<Element> children = new ArrayList<>();
    for (Node each = element.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element child) {
        children.add(child);
      }
    }
    String text = children.isEmpty() ? element.getTextContent() : "";
    lines.add(path + " " + attributes + " " + text);
    children.forEach(child -> describe(path + "/", child, lines));
  }
}

package org.airflowappliance.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.it.site.Appliance;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.ReleasedImage;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Promise: a registry and containerd have an image under the digest that the release says. */
@Tag("artifact")
// after the tests that need no image of a server
@Order(Integer.MAX_VALUE)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SiteExtension.class)
final class RegistryIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;
  private Site site;
  private Path release;
  private String registry;

  @BeforeEach
  void published(Site site) throws IOException {
    this.site = site;
    release = site.release(1);
    registry = site.registry().address() + "/airflow";
    Appliance.run("publish", release.toString(), "--registry", registry);
  }

  @Test
  void whatIsThereIsNotPushedAgain() throws IOException {
    String fresh = registry + "-" + folder.getFileName().toString().replaceAll("[^0-9]", "");
    for (String[] each :
        new String[][] {{"--dry-run", "would push"}, {"-q", ""}, {"--dry-run", "kept"}}) {
      Program ran = Appliance.run("publish", release.toString(), "--registry", fresh, each[0]);
      assertThat(ran.out().lines())
          .hasSize(each[1].isEmpty() ? 0 : 2)
          .allMatch(line -> line.startsWith(each[1]));
    }
    assertThat(Appliance.run("publish", release.toString(), "--registry", registry).out().lines())
        .containsExactly(
            "kept " + registry + "/airflow-worker:2.2.5-1@" + digest("airflow-worker"),
            "kept " + registry + "/s3fs:2.2.5-1@" + digest("s3fs"));
  }

  private String digest(String name) throws IOException {
    return Files.readString(release.resolve("images/" + name + ".digest")).strip();
  }

  @Test
  void theRegistryHasTheDigestsOfTheRelease() throws IOException {
    for (String name : List.of("airflow-worker", "s3fs")) {
      assertThat(site.registry().digest("airflow/" + name, "2.2.5-1")).isEqualTo(digest(name));
    }
  }

  @Test
  void billsOfMaterialsAreAttachedToTheImages() throws IOException {
    for (String name : List.of("airflow-worker", "s3fs")) {
      Path bills = release.resolve("sbom");
      assertThat(site.registry().attached("airflow/" + name, digest(name)))
          .containsOnly(
              entry(
                  "application/vnd.cyclonedx+json",
                  Files.readString(bills.resolve(name + ".cdx.json"))),
              entry("application/spdx+json", Files.readString(bills.resolve(name + ".spdx.json"))));
    }
  }

  /** As when somebody was interrupted just before the list of what is attached. */
  @Test
  void billsThatAreThereWithoutAListAreListed() throws IOException {
    String fresh = "airflow-" + folder.getFileName().toString().replaceAll("[^0-9]", "");
    List<String> bills = site.registry().attachments("airflow/s3fs", digest("s3fs"));
    for (String each : bills) {
      site.registry().copy("airflow/s3fs", each, fresh + "/s3fs");
    }
    String place = site.registry().address() + "/" + fresh;
    Program ran = Appliance.run("publish", release.toString(), "--registry", place);
    assertThat(ran.out()).contains("attached s3fs.cdx.json to " + place + "/s3fs");
    assertThat(site.registry().attachments(fresh + "/s3fs", digest("s3fs")))
        .hasSize(2)
        .isEqualTo(bills);
  }

  @Test
  void containerdImportsUnderTheSameDigest() throws IOException {
    String space = "appliance-it-" + ProcessHandle.current().pid();
    String[] ctr = {"ctr", "--address", containerd(), "--namespace", space, "images"};
    String archive = release.resolve("images/s3fs.tar").toString();
    try {
      Program.run(LIMIT, words(ctr, "import", "--no-unpack", archive));
      assertThat(Program.run(LIMIT, words(ctr, "ls")).out())
          .contains("localhost/s3fs:2.2.5-1")
          .contains(digest("s3fs"));
    } finally {
      Program.run(LIMIT, words(ctr, "rm", "localhost/s3fs:2.2.5-1"));
    }
  }

  /** The system's, or the one that Docker started for itself. */
  private static String containerd() {
    Path system = Path.of("/run/containerd/containerd.sock");
    return Files.exists(system) ? system.toString() : "/run/docker/containerd/containerd.sock";
  }

  private static String[] words(String[] first, String... more) {
    List<String> words = new ArrayList<>(List.of(first));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void aBaseImageOfTheRegistryStandsInThePlaceOfThePackages() throws IOException {
    String base = registry + "/airflow-worker@" + digest("airflow-worker");
    Path target = folder.resolve("release");
    Appliance.run("build", "--only", "image", clusterOn(base).toString(), "-o", target.toString());
    ReleasedImage worker = ReleasedImage.load(target.resolve("images/airflow-worker.tar"));
    try {
      Program ran = worker.run(LIMIT, List.of("--user", "12345:0"), "airflow", "version");
      assertThat(ran.out().strip()).as(ran.err()).isEqualTo("2.2.5");
    } finally {
      worker.remove();
    }
    assertThat(target.resolve("images/s3fs.tar"))
        .hasSameBinaryContentAs(release.resolve("images/s3fs.tar"));
  }

  @Test
  void aBaseWithoutThePythonOfTheLineIsRefused() throws IOException {
    String base = registry + "/s3fs@" + digest("s3fs");
    Program ran = build(base);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("images.base: " + base + " has no /usr/bin/python3.9, which")
        .doesNotContain("\tat ");
  }

  @Test
  void anUnknownBaseIsRefusedWithoutNetworkToo() throws IOException {
    String base = registry + "/nothing@" + digest("s3fs");
    assertThat(build(base).err()).contains(base + ": the registry has no such image");
    assertThat(build(base, "--offline").err()).contains("is not in the cache, and --offline");
  }

  @Test
  void aRegistryThatIsAwayIsTold() {
    Program ran =
        Appliance.attempt("publish", release.toString(), "--registry", "127.0.0.1:9/airflow");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("127.0.0.1:9/airflow/airflow-worker:2.2.5-1: the registry does not answer")
        .doesNotContain("\tat ");
  }

  private Program build(String base, String... more) throws IOException {
    String target = folder.resolve("refused").toString();
    return Appliance.attempt(
        words(
            new String[] {"build", "--only", "image", clusterOn(base).toString(), "-o", target},
            more));
  }

  private Path clusterOn(String base) throws IOException {
    String text = Files.readString(site.clusterFile(1));
    return Files.writeString(
        folder.resolve("cluster.yaml"),
        text.replace("images:\n", "images:\n  base: " + base + "\n"));
  }
}

package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.OwnStore;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.PublishedBucket;
import org.airflowappliance.it.site.Quick;
import org.airflowappliance.publish.Place;
import org.airflowappliance.publish.Places;
import org.airflowappliance.publish.Publishable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: who reads where releases are published reads one, whole, whatever happens to publishers.
 */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
final class PublishIT {
  private static final Duration AGAIN = Duration.ofSeconds(3);
  private static final int KILLED = 30;
  private static final List<String> LARGE =
      List.of("images/airflow-worker.tar", "images/s3fs.tar", "rpm/airflow-2.2.5-1.el8.x86_64.rpm");

  /** The list and its signature, which are not in it. */
  private static final int SUMS = 2;

  private static final String MIRRORS = "rpm/mirrorlist";

  @TempDir static Path shared;
  private static OwnStore minio;
  private static PublishedBucket bucket;
  private static Path first;
  private static Path second;
  private static Path key;

  @TempDir Path folder;

  @BeforeAll
  static void releases() throws IOException {
    minio = new OwnStore();
    bucket = new PublishedBucket(minio, "packages");
    first = release(1);
    second = release(2);
    Program said =
        Tool.run(
            shared,
            Map.of(),
            "key",
            "export",
            Folders.cache().resolve("keys/development.asc").toString());
    key = Files.writeString(shared.resolve("key.pub"), said.out());
  }

  private static Path release(int number) throws IOException {
    String example = Files.readString(Tool.ROOT.resolve("buildtool/examples/homelab.yaml"));
    Path cluster =
        Files.writeString(
            shared.resolve(number + ".yaml"),
            example
                .replaceFirst("(?m)^release: 1$", "release: " + number)
                .replaceFirst(
                    "(?m)^  url: http://192.168.11.5/airflow", "  url: " + bucket.url("a")));
    Path release = shared.resolve("release-" + number);
    Tool.run(shared, Map.of(), "build", "-q", cluster.toString(), "-o", release.toString());
    return release;
  }

  @AfterAll
  static void stop() {
    bucket.close();
    minio.close();
  }

  @Test
  void dnfInstallsFromTheBucketAndSeesTheNextRelease() throws IOException {
    assertThat(published(first, "a"))
        .contains(
            "release 1, %d files sent (".formatted(files(first).size() + SUMS),
            "), 0 copied there");
    DnfRoot root = DnfRoot.create(folder, Packages.stub(folder));
    root.withRepository(bucket.get("a/rpm/airflow-homelab.repo"));
    assertThat(available(root)).contains("airflow-cluster-homelab-1-1.el8").hasSize(5);

    Program again = publish(first, "a");
    assertThat(again.out()).isEqualTo("kept s3://packages/a: release 1 is there\n");

    List<String> changed = files(second);
    changed.removeAll(files(first));
    assertThat(published(second, "a"))
        .contains(
            "release 2, %d files sent (".formatted(changed.size() + SUMS),
            "%d copied there".formatted(files(second).size() - changed.size()));
    Program late =
        root.dnf(
            "--setopt=*.metadata_expire=never",
            "install",
            "--downloadonly",
            "airflow-cluster-homelab-1-1.el8");
    assertThat(late.code())
        .as("who has read the metadata of the one before: " + late.out() + late.err())
        .isZero();
    assertThat(available(root)).contains("airflow-cluster-homelab-1-2.el8").hasSize(5);
    assertThat(verify("a", "--key", key.toString(), "--newer-than", "1").code()).isZero();
    assertThat(verify("a/releases/" + edition("a", 1), "--key", key.toString()).code()).isZero();

    String kickstart = "kickstart/airflow1.ks";
    bucket.put("a/" + kickstart, "another kickstart");
    assertThat(verify("a", "--key", key.toString()).err())
        .contains(bucket.url("a") + "/" + kickstart + ": has sha256 ")
        .doesNotContain("\tat ");
    assertThat(published(second, "a")).contains("0 files sent");
    assertThat(verify("a", "--key", key.toString()).code()).isZero();
    bucket.put("a/releases/" + edition("a", 2) + "/manifests/00-namespace.yaml", "kind: Other");
    assertThat(verify("a", "--key", key.toString()).err())
        .contains("/manifests/00-namespace.yaml: has sha256 ");
  }

  /** What a release's list says of each of its files. */
  private static List<String> files(Path release) throws IOException {
    return new ArrayList<>(Files.readAllLines(release.resolve("SHA256SUMS")));
  }

  private static List<String> available(DnfRoot root) throws IOException {
    Program listed =
        root.dnf("--refresh", "-q", "repoquery", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}");
    assertThat(listed.code()).as(listed.out() + listed.err()).isZero();
    return listed.out().lines().toList();
  }

  /** What a listing says is there; names end with the digest of the release's list. */
  private static String edition(String place, int number) throws IOException {
    try (Place there = bucket.place(place)) {
      return there.names("releases/").stream()
          .filter(each -> each.startsWith(number + "-"))
          .findFirst()
          .orElseThrow()
          .replace("/", "");
    }
  }

  @Test
  void theSameReleaseAgainTakesLittleTime() throws IOException {
    Path www = folder.resolve("www");
    String[] targets = {"--s3", "s3://packages/b", "--dir", www.toString()};
    bucket.run(first, targets);
    Duration limit = Pace.here(AGAIN.multipliedBy(2));
    Duration best =
        Quick.best(
            limit,
            number ->
                assertThat(bucket.run(first, targets).out())
                    .isEqualTo(
                        "kept s3://packages/b: release 1 is there\nkept %s: release 1 is there\n"
                            .formatted(www)));
    assertThat(best).isLessThan(limit);
  }

  @Test
  void aDryRunSaysWhatItWouldSendAndSendsNothing() throws IOException {
    Path www = folder.resolve("www");
    Program said =
        bucket.run(first, "--dry-run", "--s3", "s3://packages/c", "--dir", www.toString());
    assertThat(said.out())
        .contains("would send releases/1-", "/rpm/repodata/repomd.xml (1.2 KiB)\n")
        .contains("s3://packages/c: 26", " MiB to send; nothing was changed\n");
    assertThat(www).doesNotExist();
    try (Place there = bucket.place("c")) {
      assertThat(there.names("")).isEmpty();
    }
  }

  @Test
  void aServerThatIsOverloadedAndLosesConnectionsIsAskedAgain() throws IOException {
    try (TroubledWay way = new TroubledWay(URI.create(minio.url()))) {
      Program ran = bucket.through(way.url(), first, "--s3", "s3://packages/d");
      assertThat(ran.err()).doesNotContain("no answer");
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(way.refused()).as("answers 503").isPositive();
      assertThat(way.broken()).as("broken connections").isPositive();
    }
    one(bucket.place("d"), List.of(first, second));
  }

  @Test
  void whatKeepsItFromPublishingIsToldAtOnceAndNothingIsChanged() throws IOException {
    Path www = folder.resolve("www");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Program ran =
        bucket.attempt(
            first, "--s3", "s3://nowhere/a", "--dir", first.toString(), "--dir", www.toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("s3://nowhere/a: there is no bucket 'nowhere'; create it or correct --s3\n")
        .contains(first + ": " + MIRRORS + " is there and was not published; name a place")
        .doesNotContain("\tat ");
    assertThat(www).doesNotExist();
    assertThat(first.resolve(".publish.lock")).doesNotExist();
    assertThat(bucket.attempt(first, "--dir", file + "/www").err())
        .contains("file/www/rpm/mirrorlist: Not a directory; check that ")
        .doesNotContain("\tat ");

    Map<String, String> wrong = bucket.environment(minio.url());
    wrong.put("AWS_SECRET_ACCESS_KEY", "wrong");
    Program refused = bucket.attempt(wrong, first, "--s3", "s3://packages/e");
    assertThat(refused.err())
        .startsWith("s3://packages/e: the keys are refused (SignatureDoesNotMatch); correct them")
        .doesNotContain("\tat ");
    assertThat(bucket.through("http://127.0.0.1:9", first, "--s3", "s3://packages/e").err())
        .startsWith("s3://packages/e: no answer (")
        .doesNotContain("\tat ");
  }

  @Test
  void aDiskThatIsFullIsTold() throws IOException {
    Path www = folder.resolve("www");
    // no file may be larger: to a program the same as a full disk
    Program ran =
        Tool.attempt(
            folder,
            Map.of(),
            List.of("bash", "-c", "ulimit -f 51200; exec \"$@\"", "bash"),
            "publish",
            first.toString(),
            "--dir",
            www.toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains(www + ": releases/1-", " cannot be written (File too large); mend");
    assertThat(www.resolve(MIRRORS)).doesNotExist();
    assertThat(bucket.run(first, "--dir", www.toString()).out()).contains("release 1, ");
  }

  @Test
  void whoeverIsOvertakenOnTheRealServerSaysSo() throws IOException {
    try (Place place = bucket.place("f")) {
      assertThat(place.replace(MIRRORS, Optional.empty(), "one")).isTrue();
      assertThat(place.replace(MIRRORS, Optional.empty(), "two")).isFalse();
      Optional<Place.Text> before = place.read(MIRRORS);
      assertThat(place.replace(MIRRORS, before, "three")).isTrue();
      assertThat(place.replace(MIRRORS, before, "four")).isFalse();
      assertThat(place.read(MIRRORS).orElseThrow().text()).isEqualTo("three");
    }
  }

  /**
   * A bucket first and then a folder, in each of which a release is copied, sent, named and another
   * removed.
   */
  @Test
  void killedAtAnyMomentOneReleaseIsThereWhole() throws Exception {
    List<Path> releases = List.of(small(first), small(second));
    Path www = folder.resolve("www");
    String[] targets = {
      "--s3", "s3://packages/k", "--dir", www.toString(), "--keep", "1", "--allow-older"
    };
    bucket.run(releases.get(0), targets);
    long started = System.nanoTime();
    bucket.run(releases.get(1), targets);
    long whole = System.nanoTime() - started;
    Random random = new Random(11);
    int killed = 0;
    for (int round = 0; killed < KILLED; round++) {
      assertThat(round).as("rounds for %d kills", killed).isLessThan(4 * KILLED);
      long begun = System.nanoTime();
      Process process = bucket.start(releases.get(round % 2), targets);
      long nanos = (long) (whole * (0.4 + 0.6 * random.nextDouble()));
      if (process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
        whole = Math.min(whole, System.nanoTime() - begun); // the machine has become quicker
      } else {
        killed++;
        process.destroyForcibly().waitFor();
      }
      one(bucket.place("k"), releases);
      one(Places.folder(www), releases);
    }
    for (Path release : releases) {
      bucket.run(release, targets);
      assertThat(bucket.run(release, targets).out().lines())
          .hasSize(2)
          .allMatch(line -> line.startsWith("kept "));
    }
    one(bucket.place("k"), releases);
  }

  /** The same without what is large, which would only be read again and again. */
  private Path small(Path release) throws IOException {
    Path copy = folder.resolve(release.getFileName());
    Program.run(Duration.ofMinutes(1), "cp", "-a", release.toString(), copy.toString());
    for (String large : LARGE) {
      Files.delete(copy.resolve(large));
    }
    Lists.anew(copy);
    return copy;
  }

  /** What the mirror list names is there, each file with the digest that its release says. */
  private static void one(Place opened, List<Path> releases) throws IOException {
    try (Place place = opened) {
      String text = place.read(MIRRORS).orElseThrow().text();
      String folder = text.replaceAll("(?s)#[^\n]*\n\\S+/(releases/[^/]+/)rpm\n.*", "$1");
      TreeMap<String, String> wanted = new TreeMap<>();
      Publishable.of(releases.get(text.contains("release 1:") ? 0 : 1))
          .files()
          .forEach((path, sha256) -> wanted.put(folder + path, sha256));
      assertThat(new TreeMap<>(place.digests(wanted.keySet()))).isEqualTo(wanted);
    }
  }

  private static Program publish(Path release, String place) throws IOException {
    return bucket.run(release, "--s3", "s3://packages/" + place);
  }

  private static String published(Path release, String place) throws IOException {
    return publish(release, place).out();
  }

  private Program verify(String place, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("verify", bucket.url(place)));
    words.addAll(List.of(more));
    return Tool.attempt(folder, Map.of(), List.of(), words.toArray(String[]::new));
  }
}

package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.Quick;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: two builds of the same input with one key are the same bytes, wherever and whenever they
 * run; and nothing is made twice.
 */
@Tag("artifact")
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
class SameBytesIT {
  @TempDir Path folder;

  @Test
  void withOneKeyAnotherFolderZoneLocaleMaskAndEmptyDerivedCacheGiveTheSameRelease()
      throws IOException {
    Path first = Tool.example();
    Path cache = Files.createDirectories(folder.resolve("cache"));
    // what was fetched may be kept: the network is not what is tested
    for (String kept : List.of("downloads", "clients")) {
      Files.createSymbolicLink(cache.resolve(kept), Folders.cache().resolve(kept));
    }
    Path key = Folders.cache().resolve("keys/development.asc");
    Path second = folder.resolve("deep/er/release");
    Map<String, String> elsewhere =
        Map.of(
            "TZ",
            "Asia/Kathmandu",
            "LC_ALL",
            "tr_TR.UTF-8",
            // the machine may lack that locale: Java and its upper case are Turkish all the same
            "JAVA_TOOL_OPTIONS",
            "-Duser.language=tr -Duser.country=TR -Dfile.encoding=ISO-8859-9",
            "APPLIANCE_CACHE",
            cache.toString(),
            "HOME",
            folder.toString());
    Program built =
        Tool.attempt(
            folder.resolve("work"),
            elsewhere,
            List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"),
            "build",
            "--sign-key",
            key.toString(),
            "-o",
            second.toString());
    assertThat(built.code()).as(built.err()).isZero();
    assertThat(sums(second)).isEqualTo(sums(first));
  }

  @Test
  void aSecondBuildMakesNothingAndTakesUnderThreeSeconds() throws IOException {
    Path target = folder.resolve("release");
    Tool.example();
    Tool.run(folder, Map.of(), "build", "-o", target.toString());
    Duration limit = Pace.here(Duration.ofSeconds(3));
    Duration best =
        Quick.best(
            limit,
            number ->
                assertThat(undisturbed("-o", target.toString()))
                    .doesNotContainPattern("[1-9]\\d* made"));
    System.out.println("warm build: " + best.toMillis() + " ms");
    assertThat(best).as("the best of the warm builds").isLessThan(limit);
  }

  @Test
  void oneChangedValueMakesOnlyWhatDependsOnIt() throws IOException {
    Tool.example();
    Path file = folder.resolve("cluster.yaml");
    String example = Files.readString(Tool.ROOT.resolve("buildtool/examples/homelab.yaml"));
    assertThat(example).contains("parallelism: 64");
    Tool.run(folder, Map.of(), "build", "-o", folder.resolve("release").toString());
    // a value that no earlier run had, so that its package cannot come from the cache
    int value = (int) (System.currentTimeMillis() / 1000);
    String target = folder.resolve("release").toString();
    Duration limit = Pace.here(Duration.ofSeconds(6));
    Duration best =
        Quick.best(
            limit,
            number -> {
              Files.writeString(
                  file, example.replace("parallelism: 64", "parallelism: " + (value + number)));
              String said = undisturbed(file.toString(), "-v", "-o", target);
              assertThat(said)
                  .contains(
                      "made   rpm/airflow-cluster-homelab-1-1.el8.noarch.rpm",
                      "reused images/airflow-worker.tar",
                      "reused images/s3fs.tar",
                      "reused rpm/airflow-2.2.5-1.el8.x86_64.rpm",
                      "reused rpm/airflow-webserver-2.2.5-1.el8.noarch.rpm");
            });
    System.out.println("build after one changed value: " + best.toMillis() + " ms");
    assertThat(best).as("the best of the builds, each after one changed value").isLessThan(limit);
  }

  @Test
  void aBuildWithoutNetworkUsesTheCache() throws IOException {
    Tool.example();
    Program built =
        Tool.attempt(
            folder,
            Map.of(),
            List.of("unshare", "--net"),
            "build",
            "--offline",
            "-o",
            folder.resolve("release").toString());
    assertThat(built.code()).as(built.err()).isZero();
  }

  @Test
  void aFolderThatIsNoReleaseIsNotReplaced() throws IOException {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.writeString(own.resolve("thesis.txt"), "years of work");
    Program built = Tool.attempt(folder, Map.of(), List.of(), "build", "-o", own.toString());
    assertThat(built.code()).isEqualTo(1);
    assertThat(built.err()).contains(own + ": holds something else than a release");
    assertThat(own.resolve("thesis.txt")).hasContent("years of work");
  }

  private String undisturbed(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("build"));
    words.addAll(List.of(arguments));
    Program built =
        Tool.attempt(folder, Map.of(), Quick.undisturbed(), words.toArray(String[]::new));
    assertThat(built.code()).as(built.err()).isZero();
    return built.out();
  }

  private static Map<String, String> sums(Path release) throws IOException {
    Map<String, String> sums = new TreeMap<>();
    try (Stream<Path> files = Files.walk(release)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sums.put(
            release.relativize(file).toString(),
            Program.run(Duration.ofMinutes(1), "sha256sum", file.toString())
                .out()
                .substring(0, 64));
      }
    }
    return sums;
  }
}

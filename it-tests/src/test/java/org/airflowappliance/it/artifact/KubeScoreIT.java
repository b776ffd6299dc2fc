package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Promise: kube-score finds nothing in the manifests but what was reviewed, with its reason. */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class KubeScoreIT {
  private static final Duration BUILD = Duration.ofMinutes(9);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Path EXCEPTIONS = Tool.ROOT.resolve("it-tests/kube-score.exceptions");

  @TempDir Path folder;

  private static Path program;

  @BeforeAll
  static void build() throws IOException {
    program =
        Path.of(
            Program.run(
                    BUILD,
                    Tool.ROOT.resolve("it-tests/go-program").toString(),
                    "github.com/zegl/kube-score/cmd/kube-score",
                    "v1.20.0")
                .out()
                .strip());
  }

  @Test
  void nothingIsFoundBeyondTheReviewedExceptions() throws IOException {
    List<String> reviewed =
        Files.readAllLines(EXCEPTIONS).stream().filter(line -> line.startsWith("[")).toList();
    assertThat(findings(manifests())).containsExactlyInAnyOrderElementsOf(reviewed);
  }

  @Test
  void aWorkerWithALowerUserIsFound() throws IOException {
    Path template = Tool.example().resolve("manifests/pod_template.yaml");
    Path worse = folder.resolve("pod_template.yaml");
    Files.writeString(
        worse, Files.readString(template).replace("runAsUser: 50000", "runAsUser: 1"));
    assertThat(findings(List.of(worse)))
        .contains(
            "[CRITICAL] airflow-worker/airflow v1/Pod: (airflow-worker) The container is running with a low user ID");
  }

  private static List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.walk(Tool.example().resolve("manifests"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .sorted()
          .toList();
    }
  }

  private static List<String> findings(List<Path> files) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "score",
                "--kubernetes-version",
                "v1.29",
                "--enable-optional-test",
                "container-seccomp-profile",
                "--output-format",
                "ci"));
    files.forEach(file -> command.add(file.toString()));
    Program judged = Program.attempt(LIMIT, new ProcessBuilder(command));
    assertThat(judged.out()).as(judged.err()).contains("[OK]");
    return judged.out().lines().filter(line -> !line.matches("\\[(OK|SKIPPED)] .*")).toList();
  }
}

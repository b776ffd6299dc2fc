package org.airflowappliance.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.ReleasedImage;
import org.airflowappliance.it.site.ReleasedImage.Running;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.airflowappliance.it.site.UnittestResults;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Promise: a tenant's DAGs arrive whole in a pod's volume without a privilege, or the pod says why
 * not.
 */
@Tag("artifact")
@Order(62)
@ExtendWith(SiteExtension.class)
final class DagCopyIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int FILES = 1000;
  private static final int ROUNDS = 3;
  private static final Duration AGAIN = Duration.ofMinutes(5);
  private static final String MEMORY = "128m";
  private static final String MOUNT =
      "s3fs-mount & until s3fs-ready 2>/dev/null; do sleep 0.02; done";
  private static final String COPY = "/usr/lib/airflow/bin/python -I -m airflow_appliance.dag_copy";

  /** How many files some folder has by now; no test changes them. */
  private static final Set<Integer> THERE = new HashSet<>();

  private Site site;
  private ReleasedImage worker;
  private final Map<String, String> variables = new TreeMap<>();

  @BeforeEach
  void settings(Site site) throws IOException {
    this.site = site;
    worker = site.image("airflow-worker");
    variables.put("DAG_COPY_ENDPOINT", site.store().url());
    variables.put("DAG_COPY_BUCKET", "airflow");
    variables.put("DAG_COPY_PREFIX", "dags");
    variables.put("DAG_COPY_FOLDER", "science");
    variables.put("AWS_ACCESS_KEY_ID", site.secrets().get("S3_ACCESS_KEY_ID"));
    variables.put("AWS_SECRET_ACCESS_KEY", site.secrets().get("S3_SECRET_ACCESS_KEY"));
  }

  /** What Pod Security calls restricted, with a volume as Kubernetes makes it for fsGroup 100. */
  private List<String> options(String memory) {
    List<String> options = new ArrayList<>(site.onNetwork());
    options.addAll(List.of("--user", "50000:0", "--group-add", "100", "--read-only"));
    options.addAll(List.of("--cap-drop=ALL", "--security-opt", "no-new-privileges"));
    options.addAll(List.of("--memory", memory, "--tmpfs", "/s3:mode=2777,gid=100,size=400m"));
    variables.forEach((name, value) -> options.addAll(List.of("--env", name + "=" + value)));
    return options;
  }

  @TestFactory
  List<DynamicTest> everyTestWithTheRealStore() throws IOException {
    Path checks = Folders.itTests().resolve("src/test/resources/dag_copy");
    variables.put("DAG_COPY_VOLUME", "/s3");
    // The tests themselves hold 100 MB, and the volume counts.
    List<String> options = options("1g");
    options.addAll(List.of("--volume", checks + ":/checks:ro", "--workdir", "/checks"));
    Program ran =
        worker.run(
            LIMIT,
            options,
            "python",
            "-B",
            "-W",
            "ignore",
            "-m",
            "unittest",
            "-v",
            "test_real_store");
    return UnittestResults.of(ran);
  }

  @Test
  void s3IsAwayAtTheStart() throws IOException {
    fill(10);
    site.store().stop();
    try (Running running = copying()) {
      try {
        running.until("it waits", LIMIT, () -> running.log().err().contains("waiting for S3, 5"));
      } finally {
        site.store().start();
      }
      ended(running, 10);
      assertThat(running.log().err()).contains("S3 answers again after");
    }
  }

  @Test
  void s3HangsMidway() throws IOException {
    fill(FILES);
    try (Running running = halted()) {
      site.store().hang();
      goOn(running);
      try {
        running.until("it waits", LIMIT, () -> running.log().err().contains("waiting for S3, 5"));
      } finally {
        site.store().resume();
      }
      ended(running, FILES);
    }
  }

  @Test
  void s3IsRestartedMidway() throws IOException {
    fill(FILES);
    try (Running running = halted()) {
      site.store().stop();
      goOn(running);
      site.store().start();
      ended(running, FILES);
    }
  }

  @Test
  void noKeyIsInTheArgumentsOrTheLog() throws IOException {
    fill(FILES);
    String secret = variables.get("AWS_SECRET_ACCESS_KEY");
    String key = variables.get("AWS_ACCESS_KEY_ID");
    try (Running running = halted()) {
      assertThat(running.shell("cat /proc/[0-9]*/cmdline").out())
          .contains("dag_copy")
          .doesNotContain(secret, key);
      goOn(running);
      ended(running, FILES);
      Program log = running.log();
      assertThat(log.out() + log.err()).doesNotContain(secret, key);
    }
  }

  @Test
  void theReasonStandsWhereKubernetesTakesItFrom() throws IOException {
    variables.put("DAG_COPY_BUCKET", "nowhere");
    Path reason = Files.createDirectories(Folders.target()).resolve("termination-log");
    Files.deleteIfExists(reason);
    Files.createFile(reason);
    Files.setPosixFilePermissions(reason, PosixFilePermissions.fromString("rw-rw-rw-"));
    List<String> options = options(MEMORY);
    options.addAll(List.of("--volume", reason + ":/dev/termination-log"));
    Program ran = worker.run(LIMIT, options, COPY.split(" "));
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(Files.readString(reason))
        .isEqualTo(ran.err().strip().substring("dag-copy: ".length()))
        .startsWith("there is no bucket 'nowhere' at http");
  }

  /**
   * From {@code docker run} to the end: both have a container to make, and nothing else in common.
   */
  @Test
  void itIsSoonerThereThanTheSidecarHasReadAsMuch() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| files | copied s | s3fs ready s | s3fs, all files read s |\n|-|-|-|-|");
    for (int files : List.of(10, 100, FILES)) {
      fill(files);
      long begun = System.nanoTime();
      Times times = times(files);
      // on a machine that does more, the one or the other may have had to wait
      while (!times.isSooner() && System.nanoTime() - begun < AGAIN.toNanos()) {
        times = times(files);
      }
      lines.add(
          "| %d | %s | %s | %s |"
              .formatted(files, shown(times.copies), shown(times.mounts), shown(times.reads)));
      assertThat(times.isSooner()).as(String.join("\n", lines)).isTrue();
    }
    String table = String.join("\n", lines);
    Files.writeString(Files.createDirectories(Folders.target()).resolve("dag-copy.md"), table);
    System.out.println(table);
  }

  /** Of some rounds, each sorted. */
  private record Times(List<Duration> copies, List<Duration> mounts, List<Duration> reads) {
    private boolean isSooner() {
      Duration allowed = reads.get(ROUNDS / 2).multipliedBy(3).dividedBy(2);
      return copies.get(ROUNDS / 2).compareTo(allowed) < 0;
    }
  }

  private Times times(int files) throws IOException {
    ReleasedImage sidecar = site.image("s3fs");
    String read = "; cat /s3/dags/science" + files + "/* >/dev/null";
    Times times = new Times(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < ROUNDS; round++) {
      times.copies.add(time(worker, options(MEMORY), COPY.split(" ")));
      times.mounts.add(time(sidecar, sidecarOptions(), "-c", MOUNT));
      times.reads.add(time(sidecar, sidecarOptions(), "-c", MOUNT + read));
    }
    Stream.of(times.copies, times.mounts, times.reads).forEach(each -> each.sort(null));
    return times;
  }

  private Duration time(ReleasedImage image, List<String> options, String... command)
      throws IOException {
    long began = System.nanoTime();
    Program ran = image.run(LIMIT, options, command);
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private List<String> sidecarOptions() {
    List<String> options = new ArrayList<>(site.onNetwork());
    options.addAll(List.of("--cap-add", "SYS_ADMIN", "--device", "/dev/fuse"));
    options.addAll(List.of("--security-opt", "apparmor=unconfined", "--entrypoint", "/bin/sh"));
    Map.of(
            "AWS_S3_URL", site.store().url(),
            "AWS_S3_BUCKET", "airflow:/dags",
            "AWS_S3_ACCESS_KEY_ID", variables.get("AWS_ACCESS_KEY_ID"),
            "AWS_S3_SECRET_ACCESS_KEY", variables.get("AWS_SECRET_ACCESS_KEY"),
            "S3FS_ARGS", "use_path_request_style")
        .forEach((name, value) -> options.addAll(List.of("--env", name + "=" + value)));
    return options;
  }

  /** Sorts, and shows the middle with the least and the most. */
  private static String shown(List<Duration> times) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        times.get(times.size() / 2).toMillis() / 1000.0,
        times.get(0).toMillis() / 1000.0,
        times.get(times.size() - 1).toMillis() / 1000.0);
  }

  private void fill(int files) {
    variables.put("DAG_COPY_FOLDER", "science" + files);
    if (!THERE.add(files)) {
      return;
    }
    for (int file = 0; file < files; file++) {
      site.store().put("dags/science" + files + "/dag" + file + ".py", "print(" + file + ")\n");
    }
  }

  private Running copying() throws IOException {
    return copying("");
  }

  private Running copying(String meanwhile) throws IOException {
    String count = "find /s3/dags/science* -name '*.py' -perm 444 | wc -l";
    String script =
        COPY
            + " & copy=$!; "
            + meanwhile
            + " wait $copy; echo ended with $?; echo $("
            + count
            + ") files; sleep 60";
    return worker.start(options(MEMORY), "bash", "-c", script);
  }

  /** A copy that was stopped on its way; to look from outside would be too late. */
  private Running halted() throws IOException {
    Running running =
        copying(
            "until find /s3 -name '*.py' | grep -q .; do :; done; kill -STOP $copy; echo halted;");
    running.until("files arrive", LIMIT, () -> running.log().out().contains("halted"));
    return running;
  }

  private static void goOn(Running running) throws IOException {
    assertThat(running.shell("kill -CONT -1").code()).isZero();
  }

  private static void ended(Running running, int files) throws IOException {
    running.until("the copy ends", LIMIT, () -> running.log().out().contains(" files\n"));
    assertThat(running.log().out()).contains("ended with 0\n" + files + " files\n");
  }
}

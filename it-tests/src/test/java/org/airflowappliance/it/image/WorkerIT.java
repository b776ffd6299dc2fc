package org.airflowappliance.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.ReleasedImage;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise: the worker image runs Airflow for any user of group 0, and holds nothing else. */
@Tag("artifact")
// after the tests that need no image of a server
@Order(Integer.MAX_VALUE)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SiteExtension.class)
final class WorkerIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private ReleasedImage worker;

  @BeforeEach
  void load(Site site) throws IOException {
    worker = site.image("airflow-worker");
  }

  private Program run(List<String> options, String... command) throws IOException {
    List<String> all = new ArrayList<>(List.of("--network", "none"));
    all.addAll(options);
    Program ran = worker.run(LIMIT, all, command);
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    return ran;
  }

  @ParameterizedTest
  @ValueSource(strings = {"50000:0", "12345:0"})
  void airflowRunsAs(String user) throws IOException {
    assertThat(run(List.of("--user", user), "airflow", "version").out().strip()).isEqualTo("2.2.5");
  }

  @Test
  void aReadOnlyRootIsEnough() throws IOException {
    Path cfg = Folders.target().resolve("worker-airflow.cfg");
    Files.writeString(cfg, "[core]\nload_examples = False\n");
    Program ran =
        run(
            List.of(
                "--read-only",
                "--cap-drop=ALL",
                "--tmpfs",
                "/opt/airflow/logs",
                "-v",
                cfg + ":/opt/airflow/airflow.cfg:ro"),
            "airflow",
            "version");
    assertThat(ran.out().strip()).isEqualTo("2.2.5");
  }

  @Test
  void everyProviderCanBeImported() throws IOException {
    String imports = Files.readString(Folders.itTests().resolve("src/test/resources/extras.py"));
    Program ran = run(List.of(), "python", "-c", imports);
    assertThat(ran.out().lines())
        .contains(
            "apache-airflow-providers-amazon",
            "apache-airflow-providers-celery",
            "apache-airflow-providers-cncf-kubernetes",
            "apache-airflow-providers-postgres");
  }

  @Test
  void aBashTaskRunsWithWhatItExpects() throws IOException {
    Path dags = Folders.itTests().resolve("src/test/resources/dags");
    Program ran =
        run(
            List.of("--user", "12345:0", "-v", dags + ":/opt/airflow/dags:ro"),
            "bash",
            "-c",
            "airflow db upgrade && airflow tasks test shell all 2022-01-01");
    assertThat(ran.out() + ran.err())
        .contains("sum: 55", "user: 12345:0", "Marking task as SUCCESS");
  }

  @Test
  void certificatesAndTimeZonesAreThere() throws IOException {
    String look =
        "import datetime, getpass, ssl, zoneinfo;"
            + " print(ssl.create_default_context().cert_store_stats()['x509_ca'] > 100,"
            + " datetime.datetime(2022, 1, 1, tzinfo=zoneinfo.ZoneInfo('Asia/Seoul')).utcoffset(),"
            + " getpass.getuser())";
    Program ran = run(List.of("--user", "4711:0"), "python", "-c", look);
    assertThat(ran.out().strip()).isEqualTo("True 9:00:00 airflow");
  }

  @Test
  void theInitForwardsSignalsAndReaps() throws IOException {
    String task =
        "trap 'echo told to end; exit 7' TERM; (sleep 0.1 &); echo runs;"
            + " while :; do sleep 0.1; done";
    try (ReleasedImage.Running running =
        worker.start(List.of("--network", "none"), "bash", "-c", task)) {
      running.until("the task runs", LIMIT, () -> running.log().out().contains("runs"));
      running.until(
          "no process waits to be reaped",
          LIMIT,
          () -> running.shell("cat /proc/[0-9]*/stat | grep -c ') Z '").out().equals("0\n"));
      assertThat(running.stop()).isEqualTo("7");
      assertThat(running.log().out()).endsWith("told to end\n");
    }
  }

  @Test
  void whatTasksDoNotNeedIsAbsent() throws IOException {
    String look =
        "for each in pip pip3 apt apt-get dpkg gcc cc ld make perl su sudo mount curl wget; do"
            + " command -v $each; done;"
            + " find / -xdev -perm /6000; find / -xdev ! -user root; ls /usr/share/man /usr/share/info"
            + " /etc/shadow 2>/dev/null; python -m pip --version 2>/dev/null;"
            + " find / -xdev -name '*.py' -path '*/python3.9/*' -size +0 | head -n 1 | grep -q . ||"
            + " echo no Python";
    Program ran =
        worker.run(LIMIT, List.of("--network", "none", "--user", "0:0"), "bash", "-c", look);
    assertThat(ran.out()).isEmpty();
    assertThat(run(List.of(), "bash", "-c", "ls /usr/share/doc/*/copyright | wc -l").out().strip())
        .matches("[4-9][0-9]");
  }
}

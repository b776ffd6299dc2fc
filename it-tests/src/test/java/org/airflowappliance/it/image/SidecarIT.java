package org.airflowappliance.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.ReleasedImage;
import org.airflowappliance.it.site.ReleasedImage.Running;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise: the s3fs image mounts the bucket, keeps it mounted, and says plainly why it cannot. */
@Tag("artifact")
@Order(61)
@ExtendWith(SiteExtension.class)
final class SidecarIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String DAG = "print('from the bucket')\n";

  private Site site;
  private ReleasedImage sidecar;
  private final Map<String, String> variables = new TreeMap<>();

  @BeforeEach
  void settings(Site site) throws IOException {
    this.site = site;
    sidecar = site.image("s3fs");
    site.store().put("dags/sidecar.py", DAG);
    variables.put("AWS_S3_URL", site.store().url());
    variables.put("AWS_S3_BUCKET", "airflow:/dags");
    variables.put("AWS_S3_ACCESS_KEY_ID", site.secrets().get("S3_ACCESS_KEY_ID"));
    variables.put("AWS_S3_SECRET_ACCESS_KEY", site.secrets().get("S3_SECRET_ACCESS_KEY"));
    variables.put("S3FS_ARGS", "use_path_request_style");
  }

  private List<String> options() {
    List<String> options = new ArrayList<>(site.onNetwork());
    options.addAll(List.of("--cap-add", "SYS_ADMIN", "--device", "/dev/fuse"));
    options.addAll(List.of("--security-opt", "apparmor=unconfined"));
    variables.forEach((name, value) -> options.addAll(List.of("--env", name + "=" + value)));
    return options;
  }

  private Running ready() throws IOException {
    Running running = sidecar.start(options());
    running.until("the mount is ready", LIMIT, () -> running.shell("s3fs-ready").code() == 0);
    return running;
  }

  @Test
  void aFileOfTheBucketIsReadAndNoneIsWritten() throws IOException {
    try (Running running = ready()) {
      assertThat(running.shell("cat /s3/dags/sidecar.py").out()).isEqualTo(DAG);
      assertThat(running.shell("echo > /s3/dags/new").err()).contains("Read-only file system");
      assertThat(running.stop()).isEqualTo("0");
      assertThat(running.log().err().lines())
          .hasSize(1)
          .first()
          .asString()
          .endsWith("is mounted at /s3/dags");
    }
  }

  @Test
  void noKeyIsInTheArgumentsOrTheLog() throws IOException {
    try (Running running = ready()) {
      String secret = site.secrets().get("S3_SECRET_ACCESS_KEY");
      String key = site.secrets().get("S3_ACCESS_KEY_ID");
      assertThat(running.shell("cat /proc/[0-9]*/cmdline").out()).doesNotContain(secret, key);
      Program log = running.log();
      assertThat(log.out() + log.err()).doesNotContain(secret, key);
    }
  }

  @Test
  void keysMayStandInFiles() throws IOException {
    Path keys = Files.createDirectories(Folders.target().resolve("keys"));
    for (String name : List.of("AWS_S3_ACCESS_KEY_ID", "AWS_S3_SECRET_ACCESS_KEY")) {
      Files.writeString(keys.resolve(name), variables.remove(name) + "\n");
      variables.put(name + "_FILE", "/keys/" + name);
    }
    List<String> options = options();
    options.addAll(List.of("--volume", keys + ":/keys:ro"));
    try (Running running = sidecar.start(options)) {
      running.until("the mount is ready", LIMIT, () -> running.shell("s3fs-ready").code() == 0);
    }
  }

  @Test
  void aKilledS3fsIsStartedAgainInTheSameContainer() throws IOException {
    try (Running running = ready()) {
      for (int round = 0; round < 2; round++) {
        running.shell("busybox killall -9 s3fs");
        Duration took =
            running.until(
                "the file is read again",
                LIMIT,
                () -> running.shell("cat /s3/dags/sidecar.py").out().equals(DAG));
        assertThat(took).isLessThan(Pace.here(Duration.ofSeconds(10)));
      }
      assertThat(running.inspect("{{.State.Running}} {{.RestartCount}}")).isEqualTo("true 0");
      assertThat(running.stop()).isEqualTo("0");
    }
  }

  @Test
  void aDeadMountOfTheContainerBeforeIsCleanedAway() throws IOException {
    try (Running running =
        sidecar.start(
            with("--entrypoint", "/bin/sh"),
            "-c",
            // a mount whose server is gone, as the killed container left it
            "mkdir -p /s3/dags; s3fs airflow:/dags /s3/dags -o url=$AWS_S3_URL,use_path_request_style;"
                + " busybox killall -9 s3fs; exec s3fs-mount")) {
      running.until("the mount is ready", LIMIT, () -> running.shell("s3fs-ready").code() == 0);
      assertThat(running.shell("grep -c /s3/dags /proc/mounts").out()).isEqualTo("1\n");
    }
  }

  private List<String> with(String... more) {
    List<String> options = options();
    options.addAll(List.of(more));
    options.addAll(
        List.of(
            "--env",
            "AWSACCESSKEYID=" + site.secrets().get("S3_ACCESS_KEY_ID"),
            "--env",
            "AWSSECRETACCESSKEY=" + site.secrets().get("S3_SECRET_ACCESS_KEY")));
    return options;
  }

  @Test
  void aWrongSecretIsTold() throws IOException {
    variables.put("AWS_S3_SECRET_ACCESS_KEY", "wrong-and-not-to-be-shown");
    assertThat(onlyLine())
        .contains("the keys are refused for bucket 'airflow:/dags'")
        .doesNotContain("wrong-and");
  }

  @Test
  void anUnknownKeyIsTold() throws IOException {
    variables.put("AWS_S3_ACCESS_KEY_ID", "nobodys");
    assertThat(onlyLine()).contains("the keys are refused").doesNotContain("nobodys");
  }

  @Test
  void aMissingBucketIsTold() throws IOException {
    variables.put("AWS_S3_BUCKET", "nowhere:/dags");
    assertThat(onlyLine()).contains("there is no bucket 'nowhere:/dags'");
  }

  @Test
  void aMissingPrefixIsTold() throws IOException {
    variables.put("AWS_S3_BUCKET", "airflow:/nothing");
    assertThat(onlyLine())
        .contains(
            "there is no such prefix in bucket 'airflow:/nothing'", "appliance bucket prepare");
  }

  @Test
  void aServerThatIsAwayIsTold() throws IOException {
    variables.put("AWS_S3_URL", site.store().url().replaceFirst("[0-9]+$", "9"));
    assertThat(onlyLine()).contains("no answer from bucket 'airflow:/dags' at http://");
  }

  /** What asked it can then be ended by no signal, so nothing may wait for that. */
  @Test
  void anS3fsThatHangsIsTold() throws IOException {
    // nobody has this address, so s3fs is stopped while it still tries
    variables.put("AWS_S3_URL", site.store().url().replaceFirst("[.][0-9]+:", ".250:"));
    Program ran =
        sidecar.run(
            LIMIT,
            with("--entrypoint", "/bin/sh"),
            "-c",
            "(until grep -q /s3/dags /proc/mounts; do sleep 0.1; done; sleep 1;"
                + " busybox killall -STOP s3fs) & exec s3fs-mount");
    assertThat(ran.code()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).contains("s3fs has no answer from bucket", "after 60 s");
  }

  @Test
  void missingVariablesAreNamedTogether() throws IOException {
    variables.remove("AWS_S3_URL");
    variables.put("AWS_S3_SECRET_ACCESS_KEY", "");
    assertThat(onlyLine()).contains("not set or empty: AWS_S3_URL AWS_S3_SECRET_ACCESS_KEY;");
  }

  @Test
  void withoutTheRightToMountThatIsTold() throws IOException {
    List<String> options = options();
    options.removeAll(List.of("--cap-add", "SYS_ADMIN"));
    assertThat(onlyLine(options)).contains("the mount is refused");
  }

  private String onlyLine() throws IOException {
    return onlyLine(options());
  }

  private String onlyLine(List<String> options) throws IOException {
    Program ran = sidecar.run(LIMIT, options);
    assertThat(ran.code()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).startsWith("s3fs: ");
    return ran.err();
  }
}

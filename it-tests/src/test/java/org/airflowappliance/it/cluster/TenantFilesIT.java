package org.airflowappliance.it.cluster;

import static org.airflowappliance.it.cluster.Tenants.SCI;
import static org.airflowappliance.it.cluster.Tenants.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a team can make of its folder through S3, where s3fs takes an object's metadata for a link
 * or a pipe, is that team's affair. Alone, since the team's pods do not begin meanwhile.
 */
@Order(22)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
final class TenantFilesIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final String LINK = "41471";
  private static final String PIPE = "4516";
  private static final String FILE = "tenant_probe.py";
  private static final String DAG = SCI + "__probe";
  private static final String AFTER = TWO + "__after";
  private static final Map<String, String> LINKS =
      Map.of(
          "theirs.py", "../teams/two/" + FILE,
          "folder", "../teams/two",
          "secrets.py", "/etc/airflow/airflow.cfg",
          "everything", "/",
          // s3fs shows the mark of a folder as a link that cannot be read
          "deep/", "/etc");

  private Cluster cluster;
  private Runs runs;
  private Tenants tenants;

  @BeforeAll
  void oneTeamIsTooClever(Cluster cluster) throws IOException {
    this.cluster = cluster;
    runs = new Runs(cluster);
    tenants = new Tenants(cluster, "files");
    tenants.put(TWO, FILE, Map.of());
    tenants.put(SCI, FILE, Map.of());
    runs.ready(DAG, TWO + "__probe");
    LINKS.forEach(
        (name, target) ->
            cluster
                .store()
                .put(Tenants.key(SCI, name), target.getBytes(StandardCharsets.UTF_8), LINK));
    cluster.store().put(Tenants.key(SCI, "pipes/.airflowignore"), new byte[0], PIPE);
    cluster.store().put(Tenants.key(SCI, "pipes/pipe.py"), new byte[0], PIPE);
    cluster.store().put(Tenants.key(SCI, "theirs.zip"), zip(), "33188");
    cluster
        .store()
        .put(
            Tenants.key(SCI, "starts_theirs.py"), Tenants.text(SCI, "tenant_trigger.py", Map.of()));
    cluster.until(
        "what is no file has an error",
        LIMIT,
        () -> LINKS.keySet().stream().noneMatch(this::lacks));
  }

  private boolean lacks(String name) {
    return error(name).isEmpty();
  }

  /** The import error of something in the team's folder. */
  private String error(String name) {
    return runs.query(
        "SELECT stacktrace FROM import_error WHERE filename LIKE '%%/sci/%s'"
            .formatted(name.replaceAll("/$", "")));
  }

  private static byte[] zip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("zipped.py"));
      String text = Tenants.text(TWO, FILE, Map.of()).replace("__probe", "__zipped");
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @AfterAll
  void remove() {
    LINKS.keySet().forEach(name -> cluster.store().delete(Tenants.key(SCI, name)));
    for (String name :
        List.of("pipes/.airflowignore", "pipes/pipe.py", "theirs.zip", "starts_theirs.py", FILE)) {
      cluster.store().delete(Tenants.key(SCI, name));
    }
    List.of(FILE, "after.py").forEach(name -> cluster.store().delete(Tenants.key(TWO, name)));
  }

  @Test
  @Order(1)
  void noLinkIsFollowedAndItsErrorShowsNothingOfWhereItLeads() {
    for (String name : LINKS.keySet()) {
      assertThat(error(name))
          .as(name)
          .contains("in the folder of tenant sci no link is followed")
          .doesNotContain("mark-of-", "Traceback");
    }
  }

  @ParameterizedTest
  @Order(2)
  @CsvSource({
    "theirs.zip/zipped.py, whose DAG ids begin with 'sci__'",
    "starts_theirs.py, its trigger_dag_id is 'sci-two__probe'"
  })
  void whatIsAnotherTeamsByItsNameIsRefused(String name, String why) {
    cluster.until("the error of " + name, LIMIT, () -> error(name).contains(why));
    assertThat(runs.query("SELECT count(*) FROM dag WHERE is_active AND dag_id LIKE '%zipped'"))
        .isEqualTo("0");
  }

  @Test
  @Order(3)
  void othersGoOn() throws IOException {
    cluster
        .store()
        .put(
            Tenants.key(TWO, "after.py"),
            Tenants.text(TWO, FILE, Map.of("__probe", "__after", "mark-of", "after")));
    runs.ready(AFTER);
    assertThat(
            Integer.parseInt(
                runs.query(
                    "SELECT max(number) FROM (SELECT count(*) AS number FROM import_error GROUP BY filename) AS each")))
        .as("an error is kept once, whoever of the schedulers found it at the same moment")
        .isLessThanOrEqualTo(cluster.nodes().size());
    tenants.member(TWO).trigger(AFTER, "files", Map.of());
    assertThat(runs.ended(AFTER, "files", LIMIT)).isEqualTo("success");
    assertThat(
            runs.query("SELECT fileloc FROM dag WHERE dag_id = '" + TWO + "__probe'")
                .endsWith("/teams/two/" + FILE))
        .isTrue();
  }

  /** The copy does not make links either, so nothing of another's comes into a pod. */
  @Test
  @Order(4)
  void itsOwnPodsSayWhatIsWrong() {
    tenants.member(SCI).trigger(DAG, "files", Map.of());
    assertThat(runs.ended(DAG, "files", LIMIT)).isEqualTo("failed");
    cluster.until(
        "its log says why",
        LIMIT,
        () ->
            tenants
                .member(SCI)
                .log(DAG, "files", "say", 1)
                .contains("is a symbolic link or a device of s3fs"));
  }
}

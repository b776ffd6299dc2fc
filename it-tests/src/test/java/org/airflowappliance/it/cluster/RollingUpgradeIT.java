package org.airflowappliance.it.cluster;

import static org.airflowappliance.it.cluster.Tenants.LATE;
import static org.airflowappliance.it.cluster.Tenants.SCI;
import static org.airflowappliance.it.cluster.Tenants.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Pace;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Promise 7: the next release rolls over Kubernetes and the nodes while runs go on. This one
 * changes the teams, too: one has more, one is gone, one is new.
 */
@Order(40)
@Tag("cluster")
@Isolated
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RollingUpgradeIT {
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final int TASKS = 4;
  private static final String PROBE = "tenant_probe.py";
  private static final String TEAMS = "### Add, change or remove a team";
  private static final String STEADY = "steady";

  private Cluster cluster;
  private Runs runs;
  private Tenants tenants;
  private String changes;
  private String image;
  private List<String> keysOfTheTeamThatGoes;

  @BeforeAll
  void dags(Cluster cluster) throws IOException {
    this.cluster = cluster;
    runs = new Runs(cluster);
    tenants = new Tenants(cluster, "upgrade");
    runs.put("suite_records.py", "steady.py");
    tenants.put(SCI, PROBE, Map.of());
    tenants.put(TWO, PROBE, Map.of());
    runs.ready(STEADY, SCI + "__probe", TWO + "__probe");
    keysOfTheTeamThatGoes = publishKeys("SCI_TWO");
    image =
        cluster
            .site()
            .registry()
            .copy("airflow/airflow-worker", workersDigest(), "tools/own-worker");
    cluster.site().allow(image);
  }

  @Test
  @Order(1)
  void noRunIsLost() throws IOException {
    List<String> begun = new ArrayList<>();
    Map<String, Long> restarts = new TreeMap<>();
    long now = System.nanoTime();
    begin(begun, 30);
    try (Outage pages = new Outage(cluster)) {
      changes = cluster.installation().prepare(2);
      cluster.installation().type(TEAMS, Map.of("ADMIN", "admin"));
      for (SystemdNode node : cluster.nodes()) {
        String run = begin(begun, 20);
        cluster.until("a task of " + run + " has begun", LIMIT, () -> runs.started(run) > 0);
        node.run(LIMIT, "dnf -y upgrade");
        Cluster.working(node);
        restarts.put(node.name(), restarted(node));
        cluster.until(
            "the balancer uses " + node.name() + " again",
            LIMIT,
            () -> "UP".equals(cluster.balancer().nodes().get(node.name())));
      }
      cluster.report().time("rolling upgrade of Kubernetes and three nodes", now);
      pages.report("rolling upgrade");
      assertThat(pages.longest()).isLessThan(Pace.here(Duration.ofSeconds(10)));
    }
    // until it is listed the runs end
    tenants.put(SCI, "tenant_image.py", Map.of("IMAGE", image));
    begin(begun, 1);
    for (String run : begun) {
      assertThat(runs.ended(STEADY, run, LIMIT)).as(run).isEqualTo("success");
      runs.onceEach(run, TASKS);
      assertThat(runs.ended(SCI + "__probe", run, LIMIT)).as("team's " + run).isEqualTo("success");
    }
    restarts.forEach(
        (name, second) -> assertThat(runs.during(second)).as("tasks then on " + name).isPositive());
    for (SystemdNode node : cluster.nodes()) {
      assertThat(node.run("rpm -q airflow-cluster-homelab").strip())
          .isEqualTo("airflow-cluster-homelab-1-2.el8.noarch");
      assertThat(node.run("airflow config get-value core parallelism 2>/dev/null").strip())
          .isEqualTo("62");
      assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
    }
    assertThat(release()).containsExactly("2");
  }

  private String begin(List<String> begun, int seconds) {
    String run = "upgrade-" + begun.size();
    cluster.as("ada").trigger(STEADY, run, Map.of("seconds", seconds));
    tenants.member(SCI).trigger(SCI + "__probe", run, Map.of());
    begun.add(run);
    return run;
  }

  /** When a node's scheduler began anew, in seconds since 1970. */
  private static long restarted(SystemdNode node) {
    return Long.parseLong(
        node.run(
                "date +%s -d \"$(systemctl show -p ExecMainStartTimestamp --value airflow-scheduler)\"")
            .strip());
  }

  /**
   * The numbers that the main manifests' objects carry; what was switched on besides and what a
   * team left has its own.
   */
  private List<String> release() {
    return cluster
        .client()
        .network()
        .networkPolicies()
        .inNamespace("airflow")
        .list()
        .getItems()
        .stream()
        .map(NetworkPolicy::getMetadata)
        .filter(each -> !each.getName().contains("pod-operator"))
        .filter(each -> !TWO.equals(each.getLabels().get("appliance.airflow/tenant")))
        .map(each -> each.getLabels().get("appliance.airflow/release"))
        .distinct()
        .toList();
  }

  @Test
  @Order(2)
  void whatChangedWasShown() {
    assertThat(changes)
        .contains(
            "60-tenant-late.yaml",
            "60-tenant-sci-two.yaml",
            "60-tenant-sci.yaml",
            "+    pods: '14'");
  }

  @Test
  @Order(3)
  void aTeamWithMoreHasIt() {
    assertThat(
            cluster
                .client()
                .resourceQuotas()
                .inNamespace("airflow-" + SCI)
                .list()
                .getItems()
                .get(0)
                .getSpec()
                .getHard()
                .get("pods"))
        .hasToString("14");
    assertThat(runs.query("SELECT slots FROM slot_pool WHERE pool = 'tenant_sci'")).isEqualTo("5");
  }

  @Test
  @Order(4)
  void aTaskChoosesAnImageThatItsTeamMayHave() {
    runs.ready(SCI + "__image");
    tenants.member(SCI).trigger(SCI + "__image", "image", Map.of());
    assertThat(runs.ended(SCI + "__image", "image", LIMIT)).isEqualTo("success");
    assertThat(cluster.pods().of("image", "say").get(0).pod().getSpec().getContainers())
        .filteredOn(each -> each.getName().equals("base"))
        .extracting(Container::getImage)
        .containsExactly(image);
  }

  /** As the README's page says it to a team, with Chromium. */
  @Test
  @Order(5)
  void aNewTeamPublishesADagAndReadsItsLog() throws IOException {
    Path dags = Files.createDirectories(cluster.installation().desk().resolve("dags"));
    Files.writeString(dags.resolve("first.py"), Tenants.text(LATE, PROBE, Map.of()));
    List<String> keys = publishKeys("LATE");
    long now = System.nanoTime();
    cluster
        .installation()
        .type(
            "### What a team does",
            0,
            Map.of("TEAM", LATE, "BUCKET", "airflow", "S3", cluster.store().url()),
            Map.of("AWS_ACCESS_KEY_ID", keys.get(0), "AWS_SECRET_ACCESS_KEY", keys.get(1)));
    String dag = LATE + "__probe";
    try (Browser browser = new Browser(cluster, tenants.name(LATE))) {
      browser.signIn();
      cluster.until(
          "the team's DAG is in the list of its member",
          Runs.VISIBLE,
          () -> {
            browser.open("/home?status=all");
            return browser.all("tbody td a strong").equals(List.of(dag));
          });
      browser.seen("team-new-dag");
      cluster.report().time("a new team's first DAG published -> in its member's list", now);
      tenants.member(LATE).unpause(dag);
      tenants.member(LATE).trigger(dag, "first", Map.of());
      assertThat(runs.ended(dag, "first", LIMIT)).isEqualTo("success");
      cluster.report().time("a new team's first DAG published -> its first run is done", now);
      browser.open(
          "/log?dag_id=" + dag + "&task_id=say&execution_date=" + Airflow.word(runs.date("first")));
      browser.untilText("mark-of-" + LATE);
      browser.seen("team-new-log");
    }
  }

  @Test
  @Order(6)
  void aTeamThatIsGoneHasNoRightAndNoPlace() throws IOException {
    assertThat(runs.query("SELECT name FROM ab_role WHERE name LIKE 'tenant_sci-two%'")).isEmpty();
    assertThat(runs.query("SELECT slots FROM slot_pool WHERE pool = 'tenant_sci-two'"))
        .isEqualTo("0");
    cluster.until(
        "its DAG is an import error",
        Runs.VISIBLE,
        () ->
            runs.active().stream().noneMatch(each -> each.startsWith(TWO + "__"))
                && !runs.query(
                        "SELECT 1 FROM import_error WHERE filename LIKE '%/teams/two/tenant_probe.py'")
                    .isEmpty());
    try (Browser browser = new Browser(cluster, tenants.name(TWO))) {
      browser.signIn();
      browser.untilText("You have no role here");
      browser.seen("team-gone");
    }
    assertThatThrownBy(
            () ->
                cluster
                    .installation()
                    .type(
                        "### What a team does",
                        0,
                        Map.of(
                            "TEAM", "teams/two", "BUCKET", "airflow", "S3", cluster.store().url()),
                        Map.of(
                            "AWS_ACCESS_KEY_ID", keysOfTheTeamThatGoes.get(0),
                            "AWS_SECRET_ACCESS_KEY", keysOfTheTeamThatGoes.get(1))))
        .hasMessageContaining("ListObjectsV2");
  }

  @Test
  @Order(7)
  void whatItLeavesIsDeletedAsThePageSays() throws IOException {
    Map<String, String> words =
        Map.of(
            "dags/TEAM",
            "dags/teams/two",
            "=TEAM",
            "=" + TWO,
            "BUCKET",
            "airflow",
            " S3",
            " " + cluster.store().url());
    List<String> said = cluster.installation().type(TEAMS, 1, words, Map.of());
    assertThat(said.get(0))
        .contains("namespace/airflow-sci-two", "priorityclass/", "secret/", "serviceaccount/");
    assertThat(said.get(2)).contains("delete: s3://airflow/dags/teams/two/tenant_probe.py");
    cluster.until(
        "nothing of the team is left",
        LIMIT,
        () -> cluster.installation().type(TEAMS, 1, words, Map.of()).get(0).isEmpty());
  }

  private String workersDigest() throws IOException {
    Path digest = cluster.installation().desk().resolve("dist/images/airflow-worker.digest");
    return Files.readString(digest).strip();
  }

  /** The lines of tenants.env that a team gets: key and secret. */
  private List<String> publishKeys(String team) throws IOException {
    return Files.readAllLines(cluster.installation().desk().resolve("tenants.env")).stream()
        .filter(line -> line.startsWith(team + "_PUBLISH_"))
        .sorted()
        .map(line -> line.substring(line.indexOf('=') + 1).replace("'", ""))
        .toList();
  }
}

package org.airflowappliance.it.cluster;

import static org.airflowappliance.it.cluster.Tenants.SCI;
import static org.airflowappliance.it.cluster.Tenants.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Folders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teams are apart on Airflow's pages and in its API: each probe of the table, by each team. */
@Order(4) // many requests, which fill what others wait
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TenantPagesIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final List<String> BOTH = List.of(SCI, TWO);
  private static final String FILE = "tenant_probe.py";
  private static final List<String> OWN = List.of("page", "list", "api", "none", "form", "json");

  private Cluster cluster;
  private Runs runs;
  private Tenants tenants;
  private final Map<String, Map<String, String>> rows = new ConcurrentHashMap<>();
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  void bothTeamsHaveRunTheirDag(Cluster cluster) throws IOException {
    this.cluster = cluster;
    runs = new Runs(cluster);
    tenants = new Tenants(cluster, "pages");
    for (String tenant : BOTH) {
      tenants.put(tenant, FILE, Map.of());
    }
    for (String tenant : BOTH) {
      runs.ready(dag(tenant));
      tenants.member(tenant).trigger(dag(tenant), run(tenant), Map.of());
    }
    for (String tenant : BOTH) {
      assertThat(runs.ended(dag(tenant), run(tenant), LIMIT)).isEqualTo("success");
    }
  }

  @AfterAll
  void remove() throws IOException {
    seen.addAll(0, List.of("| asks | about | probe | seen |", "|---|---|---|---|"));
    Files.write(Folders.itTests().resolve("target/tenant-probes.md"), seen);
    BOTH.forEach(tenant -> cluster.store().delete(Tenants.key(tenant, FILE)));
  }

  /** What none of these gets; each of them asks one thing after another, all at the same time. */
  @TestFactory
  @Order(1)
  Stream<DynamicContainer> whoMayNot() throws IOException {
    List<TenantProbe> all = TenantProbe.all();
    Airflow guest = cluster.as(tenants.person("svea-probes", "airflow_sci_guest"));
    Airflow another = cluster.as(tenants.person("gero-probes", "airflow_sci_guest"));
    // with an account of the realm and no team; such a page has no token for forms
    Airflow stranger = cluster.as(tenants.person("stranger-probes", "airflow_public"));
    List<TenantProbe> writes = all.stream().filter(TenantProbe::isWrite).toList();
    List<TenantProbe> noForms =
        all.stream().filter(probe -> !probe.method().equals("FORM")).toList();
    return Stream.of(
        asking(SCI, all, probe -> foreign(probe, SCI, TWO)),
        asking(TWO, all, probe -> foreign(probe, TWO, SCI)),
        // who may only look at a team's DAGs has no more of another's than who may start them
        asking("guest", all, probe -> foreign(probe, guest, "a guest of " + SCI, SCI, TWO)),
        asking("guest that writes", writes, probe -> unchanged(probe, another)),
        asking("stranger", noForms, probe -> strange(probe, stranger)));
  }

  private DynamicContainer asking(
      String who, List<TenantProbe> probes, Consumer<TenantProbe> asked) {
    ExecutorService person = Executors.newSingleThreadExecutor();
    List<DynamicTest> tests = new ArrayList<>();
    for (TenantProbe probe : probes) {
      Future<?> answer = person.submit(() -> asked.accept(probe));
      tests.add(DynamicTest.dynamicTest(who + ": " + probe, () -> judged(answer)));
    }
    person.shutdown();
    return DynamicContainer.dynamicContainer(who, tests);
  }

  private static void judged(Future<?> answer) throws Throwable {
    try {
      answer.get();
    } catch (ExecutionException problem) {
      throw problem.getCause();
    }
  }

  private void unchanged(TenantProbe probe, Airflow guest) {
    String before = state(SCI);
    HttpResponse<String> answer = probe.about(names(SCI, SCI)).ask(guest);
    seen.add("| a guest of %s | %1$s | `%s` | %s |".formatted(SCI, probe, shown(answer)));
    assertThat(state(SCI)).isEqualTo(before);
    denied(answer);
  }

  private void strange(TenantProbe probe, Airflow stranger) {
    String before = state(SCI);
    HttpResponse<String> answer = probe.about(names(SCI, SCI)).ask(stranger);
    seen.add("| nobody of a team | %s | `%s` | %s |".formatted(SCI, probe, shown(answer)));
    assertThat(state(SCI)).isEqualTo(before);
    assertThat(answer.body()).doesNotContain("mark-of-" + SCI + ".", run(SCI), dag(SCI));
    assertThat(answer.statusCode()).as(answer.body()).isIn(302, 400, 401, 403, 404);
    if (answer.statusCode() == 302) {
      denied(answer);
    }
  }

  private void foreign(TenantProbe probe, String asking, String other) {
    foreign(probe, tenants.member(asking), asking, asking, other);
  }

  private void foreign(
      TenantProbe probe, Airflow person, String called, String asking, String other) {
    String before = state(other);
    TenantProbe asked = probe.about(names(asking, other));
    HttpResponse<String> answer = asked.ask(person);
    seen.add("| %s | %s | `%s` | %s |".formatted(called, other, probe, shown(answer)));
    assertThat(state(other)).as("what is in the database after %s", asked).isEqualTo(before);
    assertThat(answer.body())
        .as("answer %s to %s", answer.statusCode(), asked)
        .doesNotContain("mark-of-" + other + ".", run(other));
    switch (probe.kind()) {
      case "page", "closed", "form", "refused" -> denied(answer);
      case "none" -> {
        assertThat(answer.statusCode()).isEqualTo(302);
        denied(answer);
      }
      case "list" -> assertThat(answer.body()).as(answer.toString()).doesNotContain(dag(other));
      case "api", "json" -> assertThat(answer.statusCode()).as(answer.body()).isIn(401, 403, 404);
      case "invalid" -> assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      default -> throw new AssertionError(probe.kind());
    }
  }

  /**
   * Airflow sends who may not look to the sign-in, and back; from actions on rows, which it did not
   * find or which are not the person's to take, to the start page, into the view or to the list
   * that the person looked at last. Whether something was done is seen in the database.
   */
  private static void denied(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.toString()).isIn(302, 403, 404);
    if (answer.statusCode() == 302) {
      String way = answer.headers().firstValue("Location").orElse("");
      String asked = answer.uri().getPath();
      String path = URI.create(way).getPath();
      String view = asked.replaceFirst("^(/[^/]+/).*", "$1");
      boolean known = path.equals("/") || path.startsWith(view) || path.matches("/\\w+/list/");
      boolean back = asked.contains("/action") && known;
      assertThat(back || way.contains("/login/?next=")).as(answer + " to " + way).isTrue();
    }
  }

  /**
   * The same requests about what is the team's own; what changes it comes later, and last what
   * deletes it.
   */
  @TestFactory
  @Order(3)
  Stream<DynamicTest> itsOwnIsWithinReach() throws IOException {
    List<TenantProbe> probes =
        TenantProbe.all().stream()
            .filter(probe -> OWN.contains(probe.kind()))
            .sorted(Comparator.comparingInt(TenantPagesIT::harm))
            .toList();
    return BOTH.stream()
        .flatMap(
            team -> {
              Map<String, String> names = names(team, team);
              return probes.stream()
                  .map(
                      probe ->
                          DynamicTest.dynamicTest(
                              team + ": " + probe, () -> own(probe, team, names)));
            });
  }

  private static int harm(TenantProbe probe) {
    if (!probe.isWrite()) {
      return 0;
    }
    if (!probe.toString().toLowerCase(Locale.ROOT).contains("delete")) {
      return 1;
    }
    // the API says of what is gone that it is not there, a form of Airflow only in words
    return probe.kind().equals("json") ? 2 : 3;
  }

  private void own(TenantProbe probe, String team, Map<String, String> names) {
    TenantProbe asked = probe.about(names);
    HttpResponse<String> answer = asked.ask(tenants.member(team));
    seen.add("| %s | %1$s | `%s` | %s |".formatted(team, probe, shown(answer)));
    if (probe.isWrite()) {
      boolean isDeletedAlready = answer.statusCode() == 404 && harm(probe) == 3;
      assertThat(isDeletedAlready || List.of(200, 204, 302, 409).contains(answer.statusCode()))
          .as("%s: %s", answer.statusCode(), answer.body())
          .isTrue();
      assertThat(answer.headers().firstValue("Location").orElse("")).doesNotContain("/login");
      return;
    }
    if (probe.kind().equals("none")) {
      assertThat(answer.statusCode()).as(answer.body()).isIn(302, 404);
      assertThat(answer.headers().firstValue("Location").orElse("")).doesNotContain("/login");
      return;
    }
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    if (probe.kind().equals("list") && !asked.path().equals("/blocked")) {
      assertThat(answer.body()).contains(team + "__");
    }
  }

  private static String shown(HttpResponse<String> answer) {
    return answer.statusCode()
        + answer.headers().firstValue("Location").map(to -> " to " + to.split("\\?")[0]).orElse("");
  }

  /** Each team's roles see its DAGs and nobody else's, operators' neither; guests start nothing. */
  @ResourceLock(Browser.LOCK)
  @ParameterizedTest
  @Order(2)
  @CsvSource({
    "sci, sven, airflow_sci, true",
    "sci, svea, airflow_sci_guest, false",
    "sci-two, tara, airflow_two, true",
    "sci-two, tilo, airflow_two_guest, false"
  })
  void eachRoleSeesItsOwnDagsInTheBrowser(String tenant, String name, String role, boolean mayStart)
      throws IOException {
    try (Browser browser = new Browser(cluster, tenants.person(name, role))) {
      List<String> before = dags(tenant);
      browser.signIn();
      browser.seen("team-dags");
      assertThat(browser.menus()).isEqualTo("DAGs Browse Docs");
      List<String> shown = browser.all("tbody td a strong");
      // others' tests may give the team DAGs meanwhile, and take them away
      List<String> all = dags(tenant);
      assertThat(shown)
          .contains(dag(tenant))
          .containsAll(all.stream().filter(before::contains).toList());
      all.addAll(before);
      assertThat(all).containsAll(shown);
      browser.open("/tree?dag_id=" + dag(Tenants.other(tenant)));
      assertThat(browser.text()).doesNotContain(run(Tenants.other(tenant)));
      browser.seen("team-foreign-dag");
      browser.open("/graph?dag_id=" + dag(tenant));
      browser.until("the graph is drawn", "#graph-svg g.node");
      browser.seen("team-graph");
      browser.open("/trigger?dag_id=" + dag(tenant));
      assertThat(browser.all("textarea[name=conf]").isEmpty()).isNotEqualTo(mayStart);
    }
  }

  /** All that the database has of a team. */
  private List<String> dags(String tenant) {
    String sql = "SELECT dag_id FROM dag WHERE is_active AND starts_with(dag_id, '%s__')";
    return new ArrayList<>(runs.query(sql.formatted(tenant)).lines().toList());
  }

  private static String dag(String tenant) {
    return tenant + "__probe";
  }

  private static String run(String tenant) {
    return "run-of-" + tenant + ".";
  }

  private Map<String, String> names(String asking, String other) {
    Map<String, String> names = new HashMap<>();
    names.put("own", dag(asking));
    names.put("dag", dag(other));
    names.put("run", run(other));
    names.put("task#", "[\"say\", \"%s\", \"%s\"]".formatted(dag(other), run(other)));
    names.putAll(rows.computeIfAbsent(other, this::row));
    return names;
  }

  /** What the database calls a team's run. */
  private Map<String, String> row(String tenant) {
    Map<String, String> names = new HashMap<>();
    names.put("date", runs.date(run(tenant)));
    names.put(
        "run#", runs.query("SELECT id FROM dag_run WHERE run_id = '%s'".formatted(run(tenant))));
    return names;
  }

  /** All that the database has of a team's DAG which a request could change. */
  private String state(String tenant) {
    return runs.query(
        """
        SELECT concat_ws('|', dag_id, is_paused, is_active) FROM dag WHERE dag_id = '%1$s'
        UNION ALL SELECT concat_ws('|', run_id, state, encode(conf, 'hex')) FROM dag_run WHERE dag_id = '%1$s'
        UNION ALL SELECT concat_ws('|', run_id, task_id, state, try_number, end_date)
          FROM task_instance WHERE dag_id = '%1$s'
        UNION ALL SELECT concat_ws('|', task_id, key, timestamp) FROM xcom WHERE dag_id = '%1$s'
        ORDER BY 1"""
            .formatted(dag(tenant)));
  }
}

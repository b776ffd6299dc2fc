package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Browser;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise 2: what people see in Chromium, through the load balancer. */
@Order(14)
@Tag("cluster")
@ResourceLock(Browser.LOCK)
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrowserIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final String HOUR =
      """
      SELECT to_char(start_date AT TIME ZONE 'Asia/Seoul', '"["YYYY-MM-DD, HH24:')
      FROM task_instance WHERE run_id = '%s' AND task_id = 'first_0'""";

  private Cluster cluster;
  private Runs runs;

  @BeforeAll
  void dags(Cluster cluster) throws IOException {
    this.cluster = cluster;
    runs = new Runs(cluster);
    runs.put("suite_records.py", "steady.py");
    runs.ready("steady");
  }

  @ParameterizedTest
  @CsvSource({
    "ada, DAGs Security Browse Admin Docs",
    "otto, DAGs Browse Admin Docs",
    "ursula, DAGs Browse Docs",
    "vera, DAGs Browse Docs"
  })
  void eachRoleHasItsMenus(String user, String menus) throws IOException {
    try (Browser browser = new Browser(cluster, user)) {
      browser.signIn();
      browser.seen("menus");
      assertThat(browser.menus()).isEqualTo(menus);
      assertThat(browser.text()).contains("steady");
    }
  }

  @ParameterizedTest
  @CsvSource({"paul", "nora"})
  void whoHasNoRoleIsTold(String user) throws IOException {
    try (Browser browser = new Browser(cluster, user)) {
      browser.signIn();
      browser.untilText("You have no role here");
      browser.seen("no-role");
      assertThat(browser.text()).doesNotContain("steady");
    }
  }

  @Test
  void aRunIsStartedAndItsLogRead() throws IOException {
    try (Browser browser = new Browser(cluster, "ursula")) {
      browser.signIn();
      browser.seen("dags");
      browser.open("/trigger?dag_id=steady");
      browser.type("conf", "{\"seconds\": 2}");
      browser.click("input[value='Trigger'], button[type='submit'], input[type='submit']");
      browser.seen("triggered");
      cluster.until("the run is there", LIMIT, () -> !manual().isEmpty());
      String run = manual();
      assertThat(runs.ended("steady", run, LIMIT)).isEqualTo("success");
      browser.open("/graph?dag_id=steady");
      browser.until("the graph is drawn", "#graph-svg g.node:nth-of-type(4)");
      browser.seen("graph");
      browser.open(
          "/log?dag_id=steady&task_id=first_0&execution_date=" + Airflow.word(runs.date(run)));
      browser.untilText("Task exited with return code 0");
      // the page's times are the cluster's, not those of a pod's own zone
      assertThat(browser.text()).contains(runs.query(HOUR.formatted(run)));
      browser.seen("log");
    }
  }

  /** The run that was begun by hand in the browser. */
  private String manual() {
    return runs.query(
        "SELECT run_id FROM dag_run WHERE dag_id = 'steady' AND run_id LIKE 'manual__%'");
  }

  @Test
  void signOutAsksForThePasswordAgain() throws IOException {
    try (Browser browser = new Browser(cluster, "vera")) {
      browser.signIn();
      browser.press("a[href^='/logout']");
      browser.seen("signed-out");
      browser.open("/home");
      browser.until("the form asks for the password", "#password");
      browser.seen("form-again");
    }
  }
}

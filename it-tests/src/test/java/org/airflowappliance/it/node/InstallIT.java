package org.airflowappliance.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.airflowappliance.it.site.KubernetesDouble;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code dnf install} of the configuration package and one secrets file make a working node. */
@Order(10)
@ExtendWith({SiteExtension.class, InOrder.class})
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InstallIT {

  private Site site;
  private KubernetesDouble kubernetes;
  private SystemdNode node;

  @BeforeAll
  void machine(Site site, KubernetesDouble kubernetes) throws IOException {
    this.site = site;
    this.kubernetes = kubernetes;
    site.publish(1);
    node = site.machine(1);
  }

  @Test
  @Order(1)
  void hasNoRouteElsewhere() {
    assertThat(node.run("ip route")).doesNotContain("default");
  }

  @Test
  @Order(2)
  void oneCommandInstallsEverythingFromTheSignedRepository() {
    NodeSteps.install(site, node);
    assertThat(node.run("rpm -q " + NodeSteps.PACKAGES).lines()).hasSize(5);
  }

  @Test
  @Order(3)
  void waitsForItsSecretsWithoutAFailedUnit() {
    assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
    assertThat(node.run("systemctl is-active airflow-secrets.path").strip()).isEqualTo("active");
    assertThat(node.attempt(NodeSteps.START, "pgrep -u airflow").out()).isEmpty();
  }

  @Test
  @Order(4)
  void aBadSecretsFileIsToldKeyByKeyAndStartsNothing() {
    String bad =
        site.secrets()
            .file()
            .replaceAll("(?m)^FERNET_KEY=.*$", "FERNET_KEY=short")
            .replaceAll("(?m)^KUBERNETES_TOKEN=.*\n", "");
    node.place(NodeSteps.SECRETS, bad, 0600);
    node.until(
        "status of airflow-secrets names both keys",
        NodeSteps.QUICK,
        () -> node.attempt(NodeSteps.QUICK, "systemctl status --no-pager airflow-secrets").out(),
        shown -> shown.contains("FERNET_KEY: ") && shown.contains("KUBERNETES_TOKEN: is missing"));
    assertThat(node.attempt(NodeSteps.QUICK, "pgrep -u airflow").out()).isEmpty();
  }

  @Test
  @Order(5)
  void theArrivalOfGoodSecretsStartsTheNode() {
    node.place(NodeSteps.SECRETS, site.secrets().file(), 0600);
    NodeSteps.working(node);
  }

  @Test
  @Order(6)
  void theMigrationRanOnceAndTheSchemaIsWhole() {
    assertThat(site.database().query("SELECT count(*) FROM alembic_version")).isEqualTo("1");
    assertThat(node.run("journalctl -u airflow-migrate -o cat | grep -c 'Starting Bring'").strip())
        .isEqualTo("1");
    assertThat(node.run("airflow db check-migrations -t 0 2>&1; echo $?")).endsWith("0\n");
  }

  @Test
  @Order(7)
  void theWebserverAnswersWithMetadata() {
    node.until(
        "/health",
        NodeSteps.START,
        () -> node.run("curl -fsS -m 5 http://" + node.address() + ":8080/health"),
        health ->
            health.replaceAll("\\s", "").contains("\"metadatabase\":{\"status\":\"healthy\"}"));
  }

  @Test
  @Order(8)
  void theSchedulerWaitsAndNamesTheMissingKubernetesApi() {
    node.until(
        "status of the scheduler",
        NodeSteps.START,
        () -> node.status("airflow-scheduler.service"),
        status -> status.startsWith("waiting: Kubernetes API " + kubernetes.url()));
    assertThat(node.attempt(NodeSteps.START, "systemctl is-active airflow-scheduler").out().strip())
        .isEqualTo("activating");
  }

  @Test
  @Order(9)
  void theConfigurationHasTheValuesOfTheCluster() {
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("core dags_folder", "/opt/airflow/dags"),
            Map.entry("core default_timezone", "Asia/Seoul"),
            Map.entry("webserver default_ui_timezone", "Asia/Seoul"),
            Map.entry("core executor", "KubernetesExecutor"),
            Map.entry("core load_examples", "False"),
            Map.entry("core parallelism", "61"),
            Map.entry("logging base_log_folder", "/var/log/airflow"),
            Map.entry("logging remote_logging", "True"),
            Map.entry("logging remote_log_conn_id", "airflow_log"),
            Map.entry("logging remote_base_log_folder", "s3://airflow/logs"),
            Map.entry("logging encrypt_s3_logs", "False"),
            Map.entry("cli endpoint_url", "http://" + node.address() + ":8080"),
            Map.entry("webserver base_url", "http://" + node.address() + ":8080"),
            Map.entry("kubernetes pod_template_file", "/etc/airflow/pod_template.yaml"),
            Map.entry("kubernetes worker_container_repository", ""),
            Map.entry("kubernetes worker_container_tag", ""),
            Map.entry("kubernetes namespace", "airflow"),
            Map.entry("kubernetes in_cluster", "False"),
            Map.entry("kubernetes config_file", "/run/airflow/kubeconfig"));
    List<String> keys = expected.keySet().stream().sorted().toList();
    // each call takes seconds: one on each processor
    String script =
        "printf '%s\\n' "
            + String.join(" ", keys.stream().map(key -> "'" + key + "'").toList())
            + " | xargs -P 2 -I@ sh -c 'echo \"@=$(airflow config get-value @ 2>/dev/null)\"'";
    assertThat(node.run(NodeSteps.START, script).lines())
        .containsExactlyInAnyOrderElementsOf(
            keys.stream().map(key -> key + "=" + expected.get(key)).toList());
  }

  @Test
  @Order(10)
  void theConnectionsCarryTheSecretsAndTheDatabaseIsTheClusters() {
    String uri = NodeSteps.setting(node, "core sql_alchemy_conn");
    assertThat(uri)
        .startsWith("postgresql+psycopg2://airflow:")
        .contains(node.network() + "5:5432");
    assertThat(NodeSteps.setting(node, "celery result_backend"))
        .startsWith("db+postgresql://airflow:")
        .contains(node.network() + "5:5432");
    assertThat(node.run("airflow connections get airflow_log -o yaml 2>/dev/null"))
        .contains(
            "conn_type: s3",
            "host: http://" + node.network() + "6:9000",
            site.secrets().get("S3_ACCESS_KEY_ID"));
  }

  @Test
  @Order(11)
  void everyExtraIsImported() {
    node.run(
        "cd / && runuser -u airflow -- env AIRFLOW_HOME=/etc/airflow AIRFLOW__CORE__EXECUTOR=SequentialExecutor"
            + " /usr/lib/airflow/bin/python -I -c 'import celery,"
            + " flask_appbuilder, kubernetes, psycopg2, boto3, google.oauth2.id_token,"
            + " airflow.providers.celery, airflow.providers.cncf.kubernetes.operators.kubernetes_pod,"
            + " airflow.providers.postgres.hooks.postgres, airflow.providers.amazon.aws.hooks.s3,"
            + " authlib'");
  }

  @Test
  @Order(12)
  void theCommandDropsRootsRights() {
    assertThat(
            node.run(
                "airflow info 2>/dev/null >/dev/null; cd /tmp; umask 077;"
                    + " find /var/log/airflow /var/lib/airflow -user root"))
        .isEmpty();
  }

  @Test
  @Order(13)
  void packagesAndUnitsVerifyClean() {
    assertThat(node.run("rpm -V " + NodeSteps.PACKAGES)).isEmpty();
    // A packaged folder would be given its label at an upgrade, which a read-only mount refuses.
    assertThat(
            node.run("rpm -q --qf '[%{FILENAMES} %{FILEFLAGS:fflags}\\n]' airflow-dags-s3fs")
                .lines())
        .contains("/opt/airflow/dags g");
    assertThat(
            node.run(
                "systemd-analyze verify /usr/lib/systemd/system/airflow* 2>&1"
                    + " | grep -i airflow || :"))
        .isEmpty();
    assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
  }

  @Test
  @Order(14)
  void nobodyElseReadsTheSecrets() {
    node.run("useradd -g 100 someone");
    for (String file :
        List.of(
            "/etc/airflow/secrets.env", "/run/airflow/environment", "/run/airflow/kubeconfig")) {
      assertThat(node.attempt(NodeSteps.START, "runuser -u someone -- cat " + file).code())
          .describedAs(file)
          .isNotZero();
    }
    String shown = node.run("systemctl show 'airflow*'; journalctl -o cat; ps axww -o args");
    site.secrets()
        .values()
        .forEach((key, value) -> assertThat(shown.contains(value)).describedAs(key).isFalse());
  }

  @Test
  @Order(15)
  void theFirewallOpensItsPort() {
    node.run("systemctl start firewalld");
    node.run("firewall-cmd --permanent --add-service=airflow-webserver && firewall-cmd --reload");
    assertThat(node.run("firewall-cmd --list-services")).contains("airflow-webserver");
    assertThat(node.run("firewall-cmd --info-service=airflow-webserver")).contains("8080/tcp");
    node.run("systemctl stop firewalld");
  }

  @Test
  @Order(16)
  void theAccountHasTheIdsOfTheSeed() {
    assertThat(node.run("id airflow").strip())
        .matches(
            "uid=50000\\(airflow\\) gid=100\\(users\\) groups=100\\(users\\),\\d+\\(airflow\\)");
  }

  @Test
  @Order(17)
  void oldLogsGoAndTheDagProcessorsLogIsRotated() {
    node.run(
        "cd /var/log/airflow && mkdir -p scheduler/2022-01-01 scheduler/today && touch -d 2022-01-01"
            + " scheduler/2022-01-01/old.log scheduler/2022-01-01 && touch scheduler/today/new.log"
            + " && mkdir -p dag_processor_manager && echo line > dag_processor_manager/x.log"
            + " && chown -R airflow:airflow . && logrotate -f /etc/logrotate.d/airflow");
    assertThat(node.run("ls /var/log/airflow/dag_processor_manager")).contains("x.log.1");
    // what changed today is young by its own ctime, so the age is asked for in seconds here
    node.run(
        "sleep 2; sed 's/ 2d$/ 1s/' /usr/lib/tmpfiles.d/airflow.conf > /run/aged.conf"
            + " && touch /var/log/airflow/scheduler/today/new.log"
            + " && systemd-tmpfiles --clean /run/aged.conf");
    assertThat(node.run("ls /var/log/airflow/scheduler")).doesNotContain("2022-01-01");
    assertThat(node.run("grep scheduler /usr/lib/tmpfiles.d/airflow.conf")).contains(" 2d");
  }

  @Test
  @Order(18)
  void aDeadGunicornIsNoticedAndReplaced() {
    String master = node.run("cat /run/airflow/webserver/webserver.pid").strip();
    node.run("kill -9 " + master);
    node.until(
        "another gunicorn serves",
        NodeSteps.START,
        () ->
            node.attempt(NodeSteps.QUICK, "cat /run/airflow/webserver/webserver.pid").out().strip(),
        pid -> !pid.isEmpty() && !pid.equals(master));
    node.untilUnit("airflow-webserver.service", "active", NodeSteps.START);
  }
}

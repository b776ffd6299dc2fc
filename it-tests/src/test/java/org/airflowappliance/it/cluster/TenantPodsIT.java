package org.airflowappliance.it.cluster;

import static org.airflowappliance.it.cluster.Tenants.SCI;
import static org.airflowappliance.it.cluster.Tenants.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What task pods of teams may have: their own files, their own network, their own quota. */
@Order(20)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TenantPodsIT {
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final String FILE = "tenant_pods.py";
  private static final String GPU = "example.test/gpu";
  private static final String REACH = SCI + "__reach";
  private static final String RUN = "tenant-pods";

  private static final String QUOTA = "homelab-airflow-tenant-sci,";
  private static final String WAITED = "This task waited for its pod since 2";

  /** What no release has: a way from one team's pods to another's. */
  private static final String ALLOWED =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: suite-goes-out, namespace: airflow}
      spec:
        podSelector: {matchLabels: {appliance.airflow/tenant: sci}}
        policyTypes: [Egress]
        egress: [{to: [{podSelector: {matchLabels: {appliance.airflow/tenant: sci-two}}}]}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: suite-comes-in, namespace: airflow}
      spec:
        podSelector: {matchLabels: {appliance.airflow/tenant: sci-two}}
        policyTypes: [Ingress]
        ingress: [{from: [{podSelector: {matchLabels: {appliance.airflow/tenant: sci}}}]}]
      """;

  private Cluster cluster;
  private Runs runs;
  private Tenants tenants;
  private Map<String, String> states;

  @BeforeAll
  void bothTeamsRunTheirPods(Cluster cluster) throws IOException {
    this.cluster = cluster;
    runs = new Runs(cluster);
    tenants = new Tenants(cluster, "pods");
    offerGpus();
    String probe = cluster.pushProbe();
    tenants.put(SCI, FILE, Map.of("PROBE_IMAGE", probe, "RESOURCES", GPU, "LISTENS", "False"));
    tenants.put(TWO, FILE, Map.of("PROBE_IMAGE", probe, "RESOURCES", "", "LISTENS", "True"));
    runs.ready(dag(SCI), dag(TWO), REACH);
    tenants.member(TWO).trigger(dag(TWO), RUN, Map.of());
    cluster.until("the other team's pod listens", LIMIT, () -> !listening().isEmpty());
    tenants.member(SCI).trigger(dag(SCI), RUN, Map.of("targets", targets()));
    aTaskThatWaitsIsToldOfAtOnceAndTellsItselfWhileItRuns();
    assertThat(runs.ended(dag(SCI), RUN, LIMIT)).isEqualTo("failed");
    reachWhereAPolicyAllowsIt();
    assertThat(listening()).as("the other team's pod still listens").isNotEmpty();
    runs.end(dag(TWO), RUN);
    states = new TreeMap<>(runs.states(dag(SCI), RUN));
  }

  private void aTaskThatWaitsIsToldOfAtOnceAndTellsItselfWhileItRuns() {
    String waits = "gpu_two";
    cluster.until("a scheduler says who waits for a GPU", LIMIT, () -> saidToWait(waits));
    assertThat(runs.states(dag(SCI), RUN)).containsEntry(waits, "queued");
    cluster.until(
        "the log of " + waits + " says so while it runs",
        LIMIT,
        () ->
            log(waits).contains(WAITED) && "running".equals(runs.states(dag(SCI), RUN).get(waits)));
  }

  /** Whether a journal has it, by the README's words. */
  private boolean saidToWait(String task) {
    return cluster.nodes().stream()
        .flatMap(
            node -> node.run("journalctl -u airflow-scheduler -g 'for this task yet' || :").lines())
        .anyMatch(line -> line.contains("task_id='" + task + "'") && line.contains(QUOTA));
  }

  /** The same look at the same pod, with nothing else changed than a rule. */
  private void reachWhereAPolicyAllowsIt() {
    List<HasMetadata> rules =
        cluster
            .client()
            .load(new ByteArrayInputStream(ALLOWED.getBytes(StandardCharsets.UTF_8)))
            .items();
    rules.forEach(rule -> cluster.client().resource(rule).serverSideApply());
    try {
      tenants.member(SCI).trigger(REACH, RUN, Map.of("targets", targets()));
      assertThat(runs.ended(REACH, RUN, LIMIT)).isEqualTo("success");
    } finally {
      rules.forEach(rule -> cluster.client().resource(rule).delete());
    }
  }

  @AfterAll
  void remove() {
    List.of(SCI, TWO).forEach(tenant -> cluster.store().delete(Tenants.key(tenant, FILE)));
  }

  /** An extended resource stands in for a device plugin's. */
  private void offerGpus() {
    cluster
        .client()
        .nodes()
        .list()
        .getItems()
        .forEach(
            node ->
                cluster
                    .client()
                    .nodes()
                    .withName(node.getMetadata().getName())
                    .editStatus(
                        found -> {
                          found.getStatus().getCapacity().put(GPU, new Quantity("4"));
                          found.getStatus().getAllocatable().put(GPU, new Quantity("4"));
                          return found;
                        }));
  }

  private Stream<Pod> pods(String tenant, String task) {
    return cluster
        .client()
        .pods()
        .inNamespace("airflow")
        .withLabels(Map.of("appliance.airflow/tenant", tenant, "task_id", task))
        .list()
        .getItems()
        .stream();
  }

  private List<String> listening() {
    return pods(TWO, "listen")
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .map(pod -> pod.getStatus().getPodIP())
        .toList();
  }

  /** Host and port of all that a task might try. */
  private Map<String, List<String>> targets() {
    return Map.of(
        "store", place(cluster.store().url()),
        "database", List.of(cluster.database().address(), "5432"),
        "kubernetes", place(cluster.kubernetes().url()),
        "kubernetes-service", List.of("10.43.0.1", "443"),
        "keycloak", place(cluster.keycloak().issuer()),
        "webserver", List.of(cluster.nodes().get(0).address(), "8080"),
        "balancer", place(cluster.balancer().url()),
        "its-egress", List.of(cluster.site().registry().siteAddress().split(":")),
        "other-team", List.of(listening().get(0), "7000"));
  }

  private static List<String> place(String url) {
    URI address = URI.create(url);
    return List.of(address.getHost(), Integer.toString(address.getPort()));
  }

  private static String dag(String tenant) {
    return tenant + "__pods";
  }

  private String log(String task) {
    return tenants.member(SCI).log(dag(SCI), RUN, task, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "store, open",
    "database, open",
    "its-egress, open",
    "kubernetes, -",
    "kubernetes-service, -",
    "keycloak, -",
    "webserver, -",
    "balancer, -",
    "other-team, -"
  })
  void aTaskReaches(String place, String seen) {
    String line =
        log("look")
            .lines()
            .filter(each -> each.contains("reach " + place + ": "))
            .findFirst()
            .orElseThrow();
    if (seen.equals("open")) {
      assertThat(line).endsWith("open");
    } else {
      assertThat(line).doesNotContain(": open");
    }
  }

  @Test
  void itIsThePolicyThatKeepsItFromTheOtherTeam() {
    assertThat(tenants.member(SCI).log(REACH, RUN, "look", 1)).contains("reach other-team: open");
  }

  @Test
  void aTaskHasTheFilesOfItsTeamOnlyAndNoToken() {
    String log = log("look");
    assertThat(log).contains("file sci/" + FILE, "token False; user 50000");
    assertThat(log).doesNotContain("file teams/", "file steady.py", "file suite_records.py");
    assertThat(states).containsEntry("look", "success");
  }

  @ParameterizedTest
  @CsvSource({
    "host_network, spec.hostNetwork",
    "host_path, hostPath",
    "privileged, securityContext",
    "service_account, spec.serviceAccountName",
    "cluster_secret, homelab-airflow-s3-secret",
    "other_secret, homelab-airflow-tenant-sci-two-s3",
    "other_class, spec.priorityClassName",
    "other_label, appliance.airflow/tenant",
    "image, registry.example/evil:1",
    "memory, more than the whole quota of tenant sci",
    "gpus, more than the whole quota of tenant sci",
    "template, pod_template_file"
  })
  void aPodThatAsksForMoreIsNotMadeAndItsTaskSaysWhy(String task, String why) {
    assertThat(states).containsEntry("refused_" + task, "failed");
    cluster.until(
        "the log of refused_" + task,
        Duration.ofSeconds(60),
        () -> log("refused_" + task).contains(why));
    assertThat(log("refused_" + task)).contains("No pod can be made for this task");
    // without a try that counts, Airflow's page would show no log
    assertThat(
            runs.query(
                "SELECT try_number FROM task_instance WHERE dag_id = '%s' AND run_id = '%s' AND task_id = 'refused_%s'"
                    .formatted(dag(SCI), RUN, task)))
        .isEqualTo("1");
  }

  /**
   * Of two that are more than the quota together the second waits, says for what, and runs
   * afterwards.
   */
  @ParameterizedTest
  @CsvSource({"gpu, requests.example.test/gpu=1", "memory, requests.memory=5Gi"})
  void whatIsBeyondTheQuotaWaitsAndSaysWhy(String what, String asked) {
    String first = what + "_one";
    String second = what + "_two";
    for (String task : List.of(first, second)) {
      assertThat(states).containsEntry(task, "success");
      assertThat(log(task)).contains("had what it asked for");
    }
    assertThat(log(first)).doesNotContain(WAITED);
    assertThat(log(second)).contains(WAITED, "exceeded quota: " + QUOTA, asked);
    assertThat(saidToWait(second)).as("a scheduler's journal, as the README says").isTrue();
  }

  /** The other team's pod ran all the while. */
  @Test
  void anotherTeamGoesOnMeanwhile() {
    assertThat(log("look")).isNotEmpty();
    assertThat(
            runs.query(
                """
                SELECT count(*) FROM task_instance one JOIN task_instance other
                  ON other.start_date < one.start_date AND other.end_date > one.end_date
                WHERE one.dag_id = '%s' AND one.task_id LIKE 'gpu%%'
                  AND other.dag_id = '%s' AND other.task_id = 'listen'"""
                    .formatted(dag(SCI), dag(TWO))))
        .isEqualTo("2");
  }

  @Test
  void aPodOfATasksOwnRunsInTheTeamsNamespace() {
    assertThat(states).containsEntry("pod_own", "success");
    assertThat(log("pod_own")).contains("INFO - said by the pod");
  }

  @ParameterizedTest
  @CsvSource({
    "its-egress, open",
    "store, closed",
    "database, closed",
    "kubernetes, closed",
    "kubernetes-service, closed",
    "keycloak, closed",
    "webserver, closed",
    "balancer, closed",
    "other-team, closed"
  })
  void thatPodReachesWhatTheTeamMayAlone(String place, String seen) {
    assertThat(log("pod_own")).contains("INFO - reach " + place + ": " + seen);
  }

  @ParameterizedTest
  @CsvSource({
    "privileged, violates PodSecurity",
    "urgent, exceeded quota: homelab-airflow-tenant-sci-other-priority-class",
    "workers, forbidden",
    "others, forbidden"
  })
  void elsewhereAndWithMoreRightsItIsRefusedByKubernetes(String task, String why) {
    assertThat(states).containsEntry("pod_" + task, "failed");
    assertThat(log("pod_" + task)).contains(why).doesNotContain("INFO - said by the pod");
  }

  @Test
  void aTokenForPodsIsGoodForPodsOfItsOwnAlone() {
    List<String> answers =
        log("api")
            .lines()
            .filter(line -> line.contains("INFO - api "))
            .map(line -> line.substring(line.indexOf("api ")))
            .toList();
    assertThat(answers).hasSize(15).contains("api pods of its own: allowed");
    assertThat(answers.subList(1, 15)).allMatch(each -> each.endsWith(": 403"));
  }

  @ParameterizedTest
  @ValueSource(strings = {SCI, TWO})
  void everyTaskOfATeamCountsInItsPool(String tenant) {
    assertThat(
            runs.query(
                "SELECT DISTINCT pool FROM task_instance WHERE dag_id = '" + dag(tenant) + "'"))
        .isEqualTo("tenant_" + tenant);
  }
}

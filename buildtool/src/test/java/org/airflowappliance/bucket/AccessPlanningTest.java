package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.cluster.TenantKeys;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.PolicyNames;
import org.junit.jupiter.api.Test;

/** What would be done at a server. */
class AccessPlanningTest {
  private static final String MINIO = "homelab.airflow.minio";
  private static final String PUBLISH = "homelab.airflow.sci.publish";

  private final Blueprint two = Blueprints.of("http://10.1.2.3:9000", Blueprints.TWO);
  private final AccessPolicies policies = AccessPolicies.of(two);
  private final Map<String, JsonNode> documents = new HashMap<>();
  private final Map<String, LiveUser> users = new HashMap<>();
  private final Set<String> fitting = new HashSet<>();
  private boolean adopt;

  private static ClusterKeys keys() {
    Map<String, String> values = new HashMap<>();
    for (String tenant : List.of("sci", "sci-two")) {
      TenantKeys.of(tenant).forEach(key -> values.put(key, "of-" + key));
    }
    return new ClusterKeys(
        new StoreKeys("secrets.env S3_ACCESS_KEY_ID", "nodes", "nodes-secret"),
        new TenantKeys("tenants.env", values, List.of(), List.of(), List.of()));
  }

  private List<WantedUser> wanted() {
    return keys().users(two.cluster(), MINIO);
  }

  /** The server as it is after an apply. */
  private void applied() {
    policies.all().forEach(each -> documents.put(each.name(), each.policy()));
    for (WantedUser each : wanted()) {
      users.put(each.keys().id(), new LiveUser(each.policies(), true));
      fitting.add(each.keys().id());
    }
  }

  private List<AccessChange> plan() {
    return AccessPlanning.of(
        new PolicyNames("homelab"),
        policies.all(),
        wanted(),
        new LiveAccess(documents, users, fitting),
        adopt);
  }

  private List<String> lines() {
    return plan().stream()
        .map(AccessChange::line)
        .filter(line -> !line.matches("= (policy|user of) \\S+"))
        .toList();
  }

  @Test
  void anEmptyServerGetsPoliciesThenUsers() {
    assertThat(plan().stream().map(AccessChange::line))
        .containsExactly(
            "+ policy homelab.airflow.nodes",
            "+ policy homelab.airflow.sci.publish",
            "+ policy homelab.airflow.sci.pods",
            "+ policy homelab.airflow.sci-two.publish",
            "+ policy homelab.airflow.sci-two.pods",
            "+ policy homelab.airflow.minio",
            "+ user of homelab.airflow.nodes",
            "+ user of homelab.airflow.sci.publish",
            "+ user of homelab.airflow.sci.pods",
            "+ user of homelab.airflow.sci-two.publish",
            "+ user of homelab.airflow.sci-two.pods");
  }

  @Test
  void aSecondRunDoesNothing() {
    applied();

    assertThat(plan()).hasSize(11).allMatch(each -> each.deeds().isEmpty());
    assertThat(lines()).isEmpty();
  }

  @Test
  void whatWasChangedByHandIsSetRight() {
    applied();
    documents.put(PUBLISH, JsonNodeFactory.instance.objectNode());
    users.put("nodes", new LiveUser(Set.of(), true));
    users.put("of-SCI_PODS_ACCESS_KEY_ID", new LiveUser(Set.of(PUBLISH), true));

    assertThat(lines())
        .containsExactly(
            "~ policy homelab.airflow.sci.publish",
            "~ user of homelab.airflow.nodes: it had no policies; what was derived from it ends",
            "~ user of homelab.airflow.sci.pods: it had the policies homelab.airflow.sci.publish");
  }

  @Test
  void anotherSecretEndsWhatWasDerivedFromTheOldOne() {
    applied();
    fitting.remove("nodes");

    assertThat(plan().stream().filter(each -> !each.deeds().isEmpty()))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.line())
                  .isEqualTo("~ user of homelab.airflow.nodes: its secret is another one now");
              assertThat(change.deeds())
                  .extracting(each -> each.getClass().getSimpleName())
                  .containsExactly("RemoveUser", "MakeUser", "EndSessions", "Attach");
            });
  }

  @Test
  void whoHasNoPoliciesMayBeLeftOfAStoppedRunThatDidNotEndItsSessions() {
    applied();
    users.put("nodes", new LiveUser(Set.of(), true));

    assertThat(plan().stream().filter(each -> !each.deeds().isEmpty()))
        .singleElement()
        .satisfies(
            change ->
                assertThat(change.deeds())
                    .extracting(each -> each.getClass().getSimpleName())
                    .containsExactly("EndSessions", "Attach"));
  }

  @Test
  void whoWasDisabledStaysSo() {
    applied();
    users.put("nodes", new LiveUser(Set.of(MINIO, "homelab.airflow.nodes"), false));

    assertThat(lines())
        .containsExactly(
            "= user of homelab.airflow.nodes: it is disabled at the server; enable it there");
  }

  @Test
  void aForeignUserIsRefusedThenAdopted() {
    applied();
    users.put("nodes", new LiveUser(Set.of("readwrite", "diagnostics"), true));

    assertThatThrownBy(this::plan)
        .isInstanceOf(BucketProblem.class)
        .hasMessage(
            "secrets.env S3_ACCESS_KEY_ID: is a user at the server already that has the policies diagnostics, readwrite;"
                + " --adopt takes them from it, or choose another key");

    adopt = true;
    assertThat(lines())
        .containsExactly(
            "~ user of homelab.airflow.nodes: it had the policies diagnostics, readwrite");
  }

  @Test
  void aTenantThatHasGoneLosesItsAccessAndKeepsItsData() {
    applied();
    documents.put("homelab.airflow.old.pods", AccessPolicies.of(two).tenants().get(3).policy());
    users.put("OLD", new LiveUser(Set.of(MINIO, "homelab.airflow.old.pods"), true));
    users.put("SHARED", new LiveUser(Set.of("readonly", "homelab.airflow.old.pods"), true));
    users.put("OTHER", new LiveUser(Set.of("homelab-two.airflow.nodes"), true));

    assertThat(lines())
        .containsExactly(
            "- user OLD: had homelab.airflow.minio, homelab.airflow.old.pods",
            "~ user SHARED: it had homelab.airflow.old.pods, readonly and keeps readonly",
            "- policy homelab.airflow.old.pods",
            "= data of old: airflow/dags/teams/two/*, airflow/logs/sci-two__* are kept; to delete them, remove with an"
                + " administrator's keys what begins so");
  }

  @Test
  void nobodyHasAnothersKey() {
    StoreKeys administrator = new StoreKeys("MINIO_ROOT_USER", "nodes", "x");

    assertThat(keys().problems(two.cluster(), administrator))
        .containsExactly(
            "secrets.env S3_ACCESS_KEY_ID: is the same key as MINIO_ROOT_USER; give each its own");
  }
}

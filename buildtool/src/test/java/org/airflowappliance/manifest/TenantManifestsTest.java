package org.airflowappliance.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.airflowappliance.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tenant has in Kubernetes. */
class TenantManifestsTest {
  private static final UnaryOperator<String> TENANTS =
      text ->
          text.replace(
              "tenants: []",
              """
              tenants:
                - name: science
                  roles: {airflow_science: User, airflow_science_guest: Viewer}
                  quota: {cpu: 16, memory: 64Gi, pods: 40, resources: {nvidia.com/gpu: 2}}
                  worker: {memoryRequest: 1Gi}
                  egress: [{cidr: 10.20.0.0/16, ports: [5432]}]
                - name: data
                  dagPrefix: teams/data
                  roles: {airflow_data: User}
                  quota: {cpu: 4, memory: 8Gi, pods: 10}
                  worker: {image: "registry.example/data@sha256:%s"}
              """
                  .formatted("da".repeat(32)));

  @TempDir Path folder;

  @Test
  void theirFilesAreTheGoldens() throws IOException {
    Map<String, String> texts = new TreeMap<>(Written.texts(folder, TENANTS));
    texts.keySet().removeIf(file -> !file.matches("manifests/(60-.*|tenants/.*|kustomization.*)"));
    new Goldens("tenants").compare("manifests", texts);
  }

  @Test
  void noPodOfATenantIsPrivilegedOrMountsOfTheMachine() throws IOException {
    Pod pod = pod("science");
    for (Container each : containers(pod)) {
      assertThat(each.getSecurityContext().getPrivileged()).isNull();
      assertThat(each.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(each.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }
    assertThat(pod.getSpec().getVolumes())
        .allMatch(each -> each.getEmptyDir() != null || each.getConfigMap() != null);
  }

  /** What tenants always have, for clusters without one. */
  @Test
  void whereDagsAreCopiedNothingIsPrivileged() throws IOException {
    Map<String, String> texts =
        Written.texts(folder, text -> text.replace("  dags: s3fs", "  dags: copy"));
    Pod pod = PodTemplate.pod("pod_template.yaml", texts.get("manifests/pod_template.yaml"));
    assertThat(containers(pod))
        .hasSize(2)
        .allMatch(each -> each.getSecurityContext().getPrivileged() == null);
    assertThat(pod.getSpec().getInitContainers().get(0).getEnv())
        .anyMatch(each -> each.getName().equals("DAG_COPY_FOLDER") && each.getValue().isEmpty());
    assertThat(texts.get("manifests/pod_template.yaml")).contains("homelab-airflow-s3-secret");
    assertThat(texts.get("manifests/00-namespace.yaml")).contains("enforce: baseline");
  }

  /** Tenants within their quotas never meet the namespace's. */
  @Test
  void theNamespacesQuotaHasRoomForAllTenants() throws IOException {
    String alone = Written.texts(folder, text -> text).get("manifests/40-quota.yaml");
    String shared = Written.texts(folder, TENANTS).get("manifests/40-quota.yaml");
    assertThat(amount(shared, "pods")).isEqualTo(amount(alone, "pods") + 40 + 10);
    assertThat(amount(shared, "requests.cpu")).isEqualTo(amount(alone, "requests.cpu") + 20_000);
    assertThat(amount(shared, "limits.cpu"))
        .isEqualTo(amount(alone, "limits.cpu") + (16 * 40 + 4 * 10) * 1000);
    assertThat(amount(shared, "requests.memory"))
        .isEqualTo(amount(alone, "requests.memory") + 72 * 1024);
    assertThat(amount(shared, "limits.memory"))
        .isEqualTo(amount(alone, "limits.memory") + (64 * 40 + 8 * 10) * 1024);
  }

  private static long amount(String quota, String name) {
    Matcher found = Pattern.compile(" " + Pattern.quote(name) + ": '?(\\d+)").matcher(quota);
    assertThat(found.find()).as(quota).isTrue();
    return Long.parseLong(found.group(1));
  }

  @Test
  void aTenantsPodHasItsOwnAccountSecretClassAndLabel() throws IOException {
    Pod pod = pod("data");
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("homelab-airflow-tenant-data");
    assertThat(pod.getSpec().getPriorityClassName()).isEqualTo("homelab-airflow-tenant-data");
    assertThat(pod.getMetadata().getLabels()).containsEntry("appliance.airflow/tenant", "data");
    assertThat(pod.getSpec().getContainers())
        .allMatch(each -> each.getImage().contains("registry.example/data"));
    assertThat(pod.getSpec().getInitContainers())
        .noneMatch(each -> each.getImage().contains("registry.example/data"));
    assertThat(Written.texts(folder, TENANTS).get("manifests/tenants/data.yaml"))
        .contains("homelab-airflow-tenant-data-s3")
        .doesNotContain("homelab-airflow-s3-secret", "science");
  }

  @Test
  void whatAllTasksMayReachATenantsMayNot() throws IOException {
    Map<String, String> texts = Written.texts(folder, TENANTS);
    List<HasMetadata> network =
        KubernetesYaml.read("50-network.yaml", texts.get("manifests/50-network.yaml"));
    NetworkPolicy tasks =
        network.stream()
            .filter(each -> each.getMetadata().getName().equals("homelab-airflow-tasks"))
            .map(NetworkPolicy.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(tasks.getSpec().getPodSelector().getMatchExpressions())
        .singleElement()
        .matches(each -> each.getKey().equals("appliance.airflow/tenant"))
        .matches(each -> each.getOperator().equals("DoesNotExist"));
  }

  @Test
  void aSitesCaReachesTheCopyOfTheDags() throws IOException {
    UnaryOperator<String> edit =
        text -> TENANTS.apply(text).replace("# caFile: site-ca.pem", "caFile: site-ca.pem");
    String text = Written.texts(folder, edit).get("manifests/tenants/data.yaml");
    Pod pod = PodTemplate.pod("data", text);
    assertThat(pod.getSpec().getInitContainers())
        .singleElement()
        .matches(each -> each.getEnv().stream().anyMatch(e -> e.getName().equals("SITE_CA_FILE")));
  }

  private Pod pod(String tenant) throws IOException {
    String file = "manifests/tenants/" + tenant + ".yaml";
    return PodTemplate.pod(file, Written.texts(folder, TENANTS).get(file));
  }

  private static List<Container> containers(Pod pod) {
    return Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .toList();
  }
}

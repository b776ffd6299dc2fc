package org.airflowappliance.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.airflowappliance.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the files say, and that all that they refer to is there. */
class ManifestsTest {
  private static final UnaryOperator<String> AS_IT_IS = UnaryOperator.identity();
  private static final UnaryOperator<String> WITH_CAS =
      text ->
          text.replace("# caFile: site-ca.pem", "caFile: site-ca.pem")
              .replace("sslmode: prefer", "sslmode: verify-full\n  ca: site-ca.pem");

  @TempDir Path folder;

  @Test
  void theExamplesAreTheGoldens() throws IOException {
    new Goldens("homelab").compare("manifests", Written.texts(folder, AS_IT_IS));
  }

  @Test
  void everyObjectHasTheLabelsAndItsNamespace() throws IOException {
    for (HasMetadata object : objects(Written.texts(folder, AS_IT_IS))) {
      assertThat(object.getMetadata().getLabels())
          .containsEntry("app.kubernetes.io/instance", "homelab")
          .containsEntry("appliance.airflow/release", "1");
      if (!object.getKind().equals("Namespace")) {
        assertThat(object.getMetadata().getNamespace()).isEqualTo("airflow");
      }
    }
  }

  @Test
  void theKustomizationsListEveryFileInOrder() throws IOException {
    Map<String, String> texts = Written.texts(folder, AS_IT_IS);
    for (String folder : List.of("manifests/", "manifests/pod-operator/")) {
      List<String> numbered =
          texts.keySet().stream().filter(file -> file.matches(folder + "[0-9].*")).toList();
      assertThat(numbered).isNotEmpty();
      assertThat(texts.get(folder + "kustomization.yaml").lines().filter(l -> l.startsWith("  - ")))
          .containsExactlyElementsOf(
              numbered.stream().map(file -> "  - " + file.substring(folder.length())).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyReferenceResolves(boolean withCas) throws IOException {
    Map<String, String> texts = Written.texts(folder, withCas ? WITH_CAS : AS_IT_IS);
    List<HasMetadata> objects = objects(texts);
    Pod pod = pod(texts);
    assertThat(names(objects, "ServiceAccount"))
        .contains(pod.getSpec().getServiceAccountName())
        .containsAll(accounts(objects));
    objects.stream()
        .filter(RoleBinding.class::isInstance)
        .map(each -> ((RoleBinding) each).getRoleRef().getName())
        .forEach(role -> assertThat(names(objects, "Role")).contains(role));
    Map<String, Map<String, String>> secrets = secrets(AS_IT_IS);
    for (Container container : containers(pod)) {
      for (EnvVar variable : container.getEnv()) {
        if (variable.getValueFrom() != null) {
          var reference = variable.getValueFrom().getSecretKeyRef();
          assertThat(secrets.get(reference.getName())).containsKey(reference.getKey());
        }
      }
      for (VolumeMount mount : container.getVolumeMounts()) {
        Volume volume =
            pod.getSpec().getVolumes().stream()
                .filter(each -> each.getName().equals(mount.getName()))
                .findFirst()
                .orElseThrow();
        if (mount.getSubPath() != null) {
          assertThat(config(objects, volume).getData()).containsKey(mount.getSubPath());
        }
      }
    }
  }

  @Test
  void theNextReleaseDiffersInItsNumberOnly() throws IOException {
    Map<String, String> first = Written.texts(folder, AS_IT_IS);
    Map<String, String> second =
        Written.texts(folder, text -> text.replace("release: 1\n", "release: 2\n"));
    first.forEach(
        (file, text) ->
            assertThat(second.get(file))
                .isEqualTo(
                    text.replace(
                        "appliance.airflow/release: '1'", "appliance.airflow/release: '2'")));
  }

  @Test
  void otherSettingsHaveAnotherConfigMapAndTheOldOneStays() throws IOException {
    Map<String, String> first = Written.texts(folder, AS_IT_IS);
    Map<String, String> second =
        Written.texts(folder, text -> text.replace("parallelism: 64", "parallelism: 65"));
    List<String> changed =
        first.keySet().stream().filter(file -> !first.get(file).equals(second.get(file))).toList();
    assertThat(changed)
        .containsExactly(
            "manifests/30-config.yaml", "manifests/40-quota.yaml", "manifests/pod_template.yaml");
    String old = only(objects(first), ConfigMap.class).getMetadata().getName();
    assertThat(old).matches("homelab-airflow-config-[0-9a-f]{10}");
    assertThat(only(objects(second), ConfigMap.class).getMetadata().getName())
        .matches("homelab-airflow-config-[0-9a-f]{10}")
        .isNotEqualTo(old);
  }

  /** Airflow's own words for names of logs look like holes of ours. */
  @Test
  void aSettingMayHoldWhatLooksLikeAHole() throws IOException {
    String name = "{{ ti.dag_id }}/{{ ts }}/{{ quota.pods }}/{{image.s3fs}}/{{ try_number }}.log";
    UnaryOperator<String> edit =
        text ->
            text.replace(
                "  config:\n",
                "  config:\n    logging: {log_filename_template: \"%s\"}\n".formatted(name));
    assertThat(Written.plan(Written.blueprint(edit)))
        .filteredOn(each -> each.path().value().equals("manifests/30-config.yaml"))
        .singleElement()
        .matches(each -> each.inputs().isEmpty());
    ConfigMap config = only(objects(Written.texts(folder, edit)), ConfigMap.class);
    assertThat(config.getData().get("airflow.cfg")).contains("log_filename_template = " + name);
  }

  @Test
  void whatDecidesATextIsItsRecipeAndNothingElse() {
    String file = "manifests/10-service-accounts.yaml";
    assertThat(recipe(file, text -> text.replace("parallelism: 64", "parallelism: 65")))
        .isEqualTo(recipe(file, AS_IT_IS));
    assertThat(
            recipe(
                "manifests/30-config.yaml",
                text -> text.replace("parallelism: 64", "parallelism: 65")))
        .isNotEqualTo(recipe("manifests/30-config.yaml", AS_IT_IS));
  }

  private static String recipe(String file, UnaryOperator<String> edit) {
    return Written.plan(Written.blueprint(edit)).stream()
        .filter(each -> each.path().value().equals(file))
        .findFirst()
        .orElseThrow()
        .recipe();
  }

  @Test
  void theCasReachWorkerAndSidecar() throws IOException {
    Map<String, String> texts = Written.texts(folder, WITH_CAS);
    ConfigMap config = only(objects(texts), ConfigMap.class);
    assertThat(config.getData().get("cluster.pem")).contains("BEGIN CERTIFICATE");
    assertThat(config.getData().get("database.pem")).contains("BEGIN CERTIFICATE");
    Pod pod = pod(texts);
    assertThat(pod.getSpec().getInitContainers())
        .extracting(Container::getName)
        .containsExactly("s3fs");
    Container worker = pod.getSpec().getContainers().get(0);
    assertThat(worker.getEnv())
        .extracting(EnvVar::getName)
        .contains("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE");
    assertThat(worker.getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .contains("/opt/airflow/ca/database.pem", "/trust");
    assertThat(pod.getSpec().getInitContainers().get(0).getEnv())
        .extracting(EnvVar::getName)
        .contains("SITE_CA_FILE", "CURL_CA_BUNDLE");
  }

  @Test
  void theSitesCasAreTheDatabasesWhereItHasNone() throws IOException {
    UnaryOperator<String> site =
        text -> text.replace("# caFile: site-ca.pem", "caFile: site-ca.pem");
    Pod pod = pod(Written.texts(folder, site));
    String file = "/trust/ca.pem";
    assertThat(connection(site)).contains("&sslrootcert=%2Ftrust%2Fca.pem&");
    assertThat(connection(WITH_CAS)).contains("&sslrootcert=%2Fopt%2Fairflow%2Fca%2Fdatabase.pem&");
    assertThat(connection(AS_IT_IS)).contains("?sslmode=prefer&").doesNotContain("sslrootcert");
    assertThat(pod.getSpec().getContainers().get(0).getEnv())
        .anyMatch(each -> each.getName().equals("AWS_CA_BUNDLE") && file.equals(each.getValue()));
  }

  private static String connection(UnaryOperator<String> edit) {
    return new String(
        Base64.getDecoder().decode(secrets(edit).get("homelab-airflow-metadata").get("connection")),
        StandardCharsets.UTF_8);
  }

  @Test
  void namedServicesAreReachedByTheirBlocks() throws IOException {
    Map<String, String> texts =
        Written.texts(
            folder,
            text ->
                text.replace(
                        "host: 192.168.11.3 # CHANGE",
                        "host: db.example\n  cidrs: [10.1.0.0/16, 10.2.0.1/32]")
                    .replace(
                        "endpoint: http://192.168.11.4:9000",
                        "endpoint: https://s3.example\n  cidrs: [10.3.0.0/16]"));
    assertThat(texts.get("manifests/50-network.yaml"))
        .contains("cidr: 10.1.0.0/16", "cidr: 10.2.0.1/32", "cidr: 10.3.0.0/16", "port: 443")
        .doesNotContain("192.168.11.3/32", "9000");
  }

  private static List<HasMetadata> objects(Map<String, String> texts) {
    List<HasMetadata> objects = new ArrayList<>();
    texts.forEach(
        (file, text) -> {
          if (!file.endsWith("kustomization.yaml")) {
            objects.addAll(KubernetesYaml.read(file, text));
          }
        });
    return objects;
  }

  private static Pod pod(Map<String, String> texts) {
    return PodTemplate.pod("pod_template.yaml", texts.get(PodTemplate.PATH.value()));
  }

  private static List<Container> containers(Pod pod) {
    return Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .toList();
  }

  private static List<String> names(List<HasMetadata> objects, String kind) {
    return objects.stream()
        .filter(each -> each.getKind().equals(kind))
        .map(each -> each.getMetadata().getName())
        .toList();
  }

  /** Accounts that bindings and tokens name. */
  private static List<String> accounts(List<HasMetadata> objects) {
    List<String> accounts = new ArrayList<>();
    for (HasMetadata object : objects) {
      if (object instanceof RoleBinding binding) {
        binding.getSubjects().forEach(subject -> accounts.add(subject.getName()));
      } else if (object instanceof Secret token) {
        accounts.add(
            token.getMetadata().getAnnotations().get("kubernetes.io/service-account.name"));
      }
    }
    return accounts;
  }

  private static ConfigMap config(List<HasMetadata> objects, Volume volume) {
    ConfigMap config = only(objects, ConfigMap.class);
    assertThat(volume.getConfigMap().getName()).isEqualTo(config.getMetadata().getName());
    return config;
  }

  /** Keys of the Secrets that the operator makes, by name. */
  private static Map<String, Map<String, String>> secrets(UnaryOperator<String> edit) {
    Map<String, String> values = new TreeMap<>();
    PodSecrets.KEYS.forEach(key -> values.put(key, "x"));
    Map<String, Map<String, String>> secrets = new TreeMap<>();
    KubernetesYaml.read("secrets", PodSecrets.yaml(Written.blueprint(edit), values, Map.of()))
        .forEach(each -> secrets.put(each.getMetadata().getName(), ((Secret) each).getData()));
    return secrets;
  }

  private static <T> T only(List<HasMetadata> objects, Class<T> type) {
    List<T> found = objects.stream().filter(type::isInstance).map(type::cast).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}

package org.airflowappliance.it.site;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the README does with {@code kubectl}. */
final class Kubectl {
  private static final Pattern LABELLED =
      Pattern.compile("kubectl (get|delete) (\\S+) -A -l ([^=]+)=(\\S+)");

  /** What kubectl knows by a short name. */
  private static final Map<String, String> TYPES =
      Map.of(
          "namespace", "v1 Namespace",
          "priorityclass", "scheduling.k8s.io/v1 PriorityClass",
          "resourcequota", "v1 ResourceQuota",
          "networkpolicy", "networking.k8s.io/v1 NetworkPolicy",
          "serviceaccount", "v1 ServiceAccount",
          "secret", "v1 Secret");

  private Kubectl() {}

  /**
   * {@code kubectl get} or {@code delete} with {@code KINDS -A -l LABEL=VALUE}; a line for each
   * object.
   */
  static String labelled(KubernetesClient client, String line) {
    Matcher asked = LABELLED.matcher(line);
    if (!asked.matches()) {
      throw new IllegalArgumentException("not understood: " + line);
    }
    StringJoiner said = new StringJoiner("\n");
    for (String kind : asked.group(2).split(",")) {
      for (HasMetadata each : labelled(client, kind, asked.group(3), asked.group(4))) {
        said.add(kind + "/" + each.getMetadata().getName());
        if (asked.group(1).equals("delete")) {
          client.resource(each).delete();
        }
      }
    }
    return said.toString();
  }

  private static List<? extends HasMetadata> labelled(
      KubernetesClient client, String kind, String label, String value) {
    String[] type = TYPES.get(kind).split(" ");
    return client
        .genericKubernetesResources(type[0], type[1])
        .inAnyNamespace()
        .withLabel(label, value)
        .list()
        .getItems();
  }

  /**
   * Everything that a kustomization names, in its order: nothing is changed unless all would be
   * taken.
   */
  static void folder(KubernetesClient client, Path folder) throws IOException {
    Map<?, ?> kustomization =
        Serialization.unmarshal(Files.readString(folder.resolve("kustomization.yaml")), Map.class);
    List<HasMetadata> objects = new ArrayList<>();
    for (Object file : (List<?>) kustomization.get("resources")) {
      objects.addAll(read(client, Files.readString(folder.resolve(file.toString()))));
    }
    all(client, objects);
  }

  /** Everything in a text. */
  static void text(KubernetesClient client, String yaml) {
    all(client, read(client, yaml));
  }

  private static List<HasMetadata> read(KubernetesClient client, String yaml) {
    return client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).items();
  }

  private static void all(KubernetesClient client, List<HasMetadata> objects) {
    // a dry run makes no namespace, and without one the server judges nothing that is in it
    for (HasMetadata each : objects) {
      client.resource(each).dryRun(true).forceConflicts().serverSideApply();
      if (each instanceof Namespace) {
        client.resource(each).forceConflicts().serverSideApply();
      }
    }
    objects.forEach(each -> client.resource(each).forceConflicts().serverSideApply());
  }
}

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

/** {@code kubectl apply}: nothing is changed unless the API server would take all of it. */
final class Apply {
  private Apply() {}

  /** Everything that a kustomization names, in its order. */
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

package org.airflowappliance.manifest;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.template.IllegalDefinition;

/**
 * The pod that tasks run in: the cluster's, or a tenant's.
 *
 * @param path where it stands in the release
 * @param text of its definition
 * @param parts definitions that join it
 * @param common what every object has
 */
record PodTemplate(
    ReleasePath path, ManifestText text, List<ManifestText> parts, CommonMetadata common)
    implements Artifact {
  /** Where its definition stands, and in a release the cluster's: the RPM and the quota read it. */
  static final ReleasePath PATH = new ReleasePath("manifests/pod_template.yaml");

  PodTemplate {
    parts = List.copyOf(parts);
  }

  @Override
  public String kind() {
    return Manifest.KIND;
  }

  @Override
  public List<ReleasePath> inputs() {
    TreeSet<ReleasePath> inputs = new TreeSet<>();
    texts().forEach(each -> inputs.addAll(each.inputs()));
    return List.copyOf(inputs);
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(texts().toList(), common).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Pod pod = pod(text.place(), text.filled(workbench));
    for (ManifestText part : parts) {
      join(part.place(), pod, pod(part.place(), part.filled(workbench)));
    }
    Files.writeString(target, KubernetesYaml.write(common.addTo(List.of(pod))));
  }

  private Stream<ManifestText> texts() {
    return Stream.concat(Stream.of(text), parts.stream());
  }

  /** The one pod of a text. */
  static Pod pod(String place, String text) {
    List<HasMetadata> objects = KubernetesYaml.read(place, text);
    if (objects.size() == 1 && objects.get(0) instanceof Pod pod) {
      return pod;
    }
    throw new IllegalDefinition(place + ": holds something else than one Pod; leave only it");
  }

  private static void join(String place, Pod pod, Pod part) {
    if (part.getMetadata() != null && part.getMetadata().getLabels() != null) {
      pod.getMetadata().getLabels().putAll(part.getMetadata().getLabels());
    }
    join(place, pod.getSpec(), part.getSpec());
  }

  /** Variables and mounts go to the container of the same name; a new one starts before all. */
  private static void join(String place, PodSpec pod, PodSpec part) {
    if (part.getPriorityClassName() != null) {
      pod.setPriorityClassName(part.getPriorityClassName());
    }
    List<Container> before = new ArrayList<>();
    for (Container each : part.getInitContainers()) {
      named(pod.getInitContainers(), each)
          .ifPresentOrElse(found -> extend(found, each), () -> before.add(each));
    }
    pod.getInitContainers().addAll(0, before);
    for (Container each : part.getContainers()) {
      Container found =
          named(pod.getContainers(), each)
              .orElseThrow(
                  () ->
                      new IllegalDefinition(
                          place + ": the pod template has no container '" + each.getName() + "'"));
      extend(found, each);
    }
    pod.getVolumes().addAll(part.getVolumes());
  }

  private static Optional<Container> named(List<Container> containers, Container like) {
    return containers.stream().filter(each -> each.getName().equals(like.getName())).findFirst();
  }

  private static void extend(Container container, Container part) {
    container.getEnv().addAll(part.getEnv());
    container.getVolumeMounts().addAll(part.getVolumeMounts());
  }
}

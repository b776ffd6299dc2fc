package org.airflowappliance.manifest;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.template.Template;

/**
 * The namespace's quota: a number of pods as large as the pod template.
 *
 * @param path where it stands in the release
 * @param text of its definition, with the holes {@code {{quota.…}}}
 * @param pods how many may run at a time
 * @param common what every object has
 */
record Quota(ReleasePath path, Template text, int pods, CommonMetadata common) implements Artifact {
  /** Its definition; the others are read from their text alone. */
  static final String FILE = "manifests/40-quota.yaml";

  private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

  @Override
  public String kind() {
    return Manifest.KIND;
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of(PodTemplate.PATH);
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(text, pods, common).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Path template = workbench.built(PodTemplate.PATH);
    PodSpec pod = PodTemplate.pod(template.toString(), Files.readString(template)).getSpec();
    Files.writeString(
        target,
        KubernetesYaml.write(
            common.addTo(KubernetesYaml.read(text.place(), text.fill(values(pod))))));
  }

  private Map<String, String> values(PodSpec pod) {
    Map<String, String> values = new TreeMap<>();
    values.put("quota.pods", Integer.toString(pods));
    values.put("quota.requests.cpu", cpu(sum(pod, ResourceRequirements::getRequests, "cpu")));
    values.put("quota.limits.cpu", cpu(sum(pod, ResourceRequirements::getLimits, "cpu")));
    values.put(
        "quota.requests.memory", memory(sum(pod, ResourceRequirements::getRequests, "memory")));
    values.put("quota.limits.memory", memory(sum(pod, ResourceRequirements::getLimits, "memory")));
    return values;
  }

  /** Of the containers that run beside each other: the task's and the sidecars. */
  private BigDecimal sum(
      PodSpec pod, Function<ResourceRequirements, Map<String, Quantity>> kind, String resource) {
    Stream<Container> sidecars =
        pod.getInitContainers().stream().filter(each -> "Always".equals(each.getRestartPolicy()));
    return Stream.concat(pod.getContainers().stream(), sidecars)
        .map(each -> kind.apply(each.getResources()).get(resource).getNumericalAmount())
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .multiply(BigDecimal.valueOf(pods));
  }

  private static String cpu(BigDecimal amount) {
    return amount.multiply(THOUSAND).setScale(0, RoundingMode.UP).toPlainString() + "m";
  }

  private static String memory(BigDecimal bytes) {
    return bytes.divide(MEBIBYTE, 0, RoundingMode.UP).toPlainString() + "Mi";
  }
}

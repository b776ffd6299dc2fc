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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.template.Template;

/**
 * The namespace's quota: a number of pods as large as the pod template, and what tenants may have
 * besides, so that none of them, each within its own quota, takes what is another's.
 *
 * @param path where it stands in the release
 * @param text of its definition
 * @param known values of its holes but {@code {{quota.…}}}
 * @param pods how many may run at a time
 * @param tenants the quotas of all tenants
 * @param common what every object has
 */
record Quota(
    ReleasePath path,
    Template text,
    SortedMap<String, String> known,
    int pods,
    List<Tenant.Quota> tenants,
    CommonMetadata common)
    implements Artifact {
  /** Its definition; the others are read from their text alone. */
  static final String FILE = "manifests/40-quota.yaml";

  /** Holes whose values are known once the pod template was written. */
  static final Set<String> HOLES =
      Set.of(
          "quota.pods",
          "quota.requests.cpu",
          "quota.limits.cpu",
          "quota.requests.memory",
          "quota.limits.memory");

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
    return new Fingerprint().add(text, known, pods, tenants, common).hex();
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
    Map<String, String> values = new HashMap<>(known);
    values.put(
        "quota.pods", Integer.toString(pods + tenants.stream().mapToInt(Tenant.Quota::pods).sum()));
    values.put("quota.requests.cpu", cpu(requests(pod, "cpu", Tenant.Quota::cpu)));
    values.put("quota.limits.cpu", cpu(limits(pod, "cpu", Tenant.Quota::cpu)));
    values.put("quota.requests.memory", memory(requests(pod, "memory", Tenant.Quota::memory)));
    values.put("quota.limits.memory", memory(limits(pod, "memory", Tenant.Quota::memory)));
    return values;
  }

  private BigDecimal requests(PodSpec pod, String resource, Function<Tenant.Quota, String> amount) {
    return tenants.stream()
        .map(tenant -> new Quantity(amount.apply(tenant)).getNumericalAmount())
        .reduce(sum(pod, ResourceRequirements::getRequests, resource), BigDecimal::add);
  }

  /** The limit of a single pod of a tenant's may be its whole quota. */
  private BigDecimal limits(PodSpec pod, String resource, Function<Tenant.Quota, String> amount) {
    return tenants.stream()
        .map(
            tenant ->
                new Quantity(amount.apply(tenant))
                    .getNumericalAmount()
                    .multiply(BigDecimal.valueOf(tenant.pods())))
        .reduce(sum(pod, ResourceRequirements::getLimits, resource), BigDecimal::add);
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

package org.airflowappliance.cluster;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A team that shares this Airflow.
 *
 * @param name of the team; its DAGs are called {@code NAME__…}
 * @param roles the provider's role to {@code User} or {@code Viewer}, in the file's order
 * @param dagPrefix folder of its DAGs below the cluster's, without a slash at either end
 * @param poolSlots tasks that may be queued or running at a time
 * @param maxActiveTasks the same of one DAG
 * @param workers what each task pod gets and where it may connect to
 * @param image its own worker image, where it is not the release's
 * @param allowedImages further images that a task may choose
 */
public record Tenant(
    String name,
    Map<String, String> roles,
    String dagPrefix,
    Quota quota,
    int poolSlots,
    int maxActiveTasks,
    Cluster.Workers workers,
    Optional<String> image,
    List<String> allowedImages) {

  public Tenant {
    roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    allowedImages = List.copyOf(allowedImages);
    if (!name.matches("[a-z]([a-z0-9-]*[a-z0-9])?") || roles.isEmpty()) {
      throw new IllegalArgumentException(name + ", " + roles + ": cannot be; see ClusterYaml");
    }
  }

  /**
   * What the task pods of a team may have set aside together; the pods that its tasks start may
   * have as much again.
   *
   * @param cpu as Kubernetes writes it
   * @param memory as Kubernetes writes it
   * @param resources further ones by Kubernetes' name for them, such as {@code nvidia.com/gpu}
   */
  public record Quota(String cpu, String memory, int pods, Map<String, Integer> resources) {
    public Quota {
      resources = Collections.unmodifiableMap(new LinkedHashMap<>(resources));
    }
  }
}

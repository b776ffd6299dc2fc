package org.airflowappliance.it.site;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What became of every pod of a namespace since the start, also of those that are gone. */
public final class PodLives implements AutoCloseable {
  private final Map<String, Life> lives = new ConcurrentHashMap<>();
  private final SharedIndexInformer<Pod> informer;

  PodLives(KubernetesClient client, String namespace) {
    informer = client.pods().inNamespace(namespace).inform(new Watcher());
  }

  /**
   * One pod.
   *
   * @param pod as it was seen last
   * @param begun when its task's container started
   * @param ended when that ended
   * @param gone when it was deleted
   */
  public record Life(
      Pod pod, Optional<Instant> begun, Optional<Instant> ended, Optional<Instant> gone) {
    /** When it was created; the API server counts whole seconds. */
    public Instant created() {
      return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }

    /** One of the annotations by which Airflow knows its pods: dag_id, task_id, run_id. */
    public String annotation(String name) {
      Map<String, String> all = pod.getMetadata().getAnnotations();
      return all == null ? "" : all.getOrDefault(name, "");
    }

    /** How long it stayed after a moment. */
    public Duration goneAfter(Instant moment) {
      return between(moment, gone);
    }

    /** Without all that Kubernetes knows of it. */
    @Override
    public String toString() {
      return "%s created %s begun %s ended %s gone %s"
          .formatted(
              pod.getMetadata().getName(), created(), shown(begun), shown(ended), shown(gone));
    }

    private static String shown(Optional<Instant> moment) {
      return moment.map(Instant::toString).orElse("not yet");
    }

    private Life seen(Pod now) {
      Instant moment = Instant.now();
      Optional<ContainerState> state =
          now.getStatus().getContainerStatuses().stream()
              .filter(each -> each.getName().equals("base"))
              .map(ContainerStatus::getState)
              .findFirst();
      boolean ran = state.filter(each -> each.getWaiting() == null).isPresent();
      boolean over = state.filter(each -> each.getTerminated() != null).isPresent();
      return new Life(
          now,
          begun.or(() -> ran ? Optional.of(moment) : Optional.empty()),
          ended.or(() -> over ? Optional.of(moment) : Optional.empty()),
          gone);
    }
  }

  /** The pods of one run's task, the first one first. */
  public List<Life> of(String run, String task) {
    return lives.values().stream()
        .filter(each -> each.annotation("run_id").equals(run))
        .filter(each -> task.isEmpty() || each.annotation("task_id").equals(task))
        .sorted(Comparator.comparing(Life::created))
        .toList();
  }

  /** Time from one moment to another. */
  public static Duration between(Instant first, Optional<Instant> second) {
    return Duration.between(first, second.orElseThrow());
  }

  @Override
  public String toString() {
    return lives.values().stream().map(Life::toString).sorted().collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    informer.close();
  }

  private final class Watcher implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      look(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      look(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean unknown) {
      lives.computeIfPresent(
          pod.getMetadata().getName(),
          (name, life) -> new Life(pod, life.begun(), life.ended(), Optional.of(Instant.now())));
    }

    private void look(Pod pod) {
      lives.compute(
          pod.getMetadata().getName(),
          (name, life) ->
              (life == null
                      ? new Life(pod, Optional.empty(), Optional.empty(), Optional.empty())
                      : life)
                  .seen(pod));
    }
  }
}

package org.airflowappliance.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What the schedulers on the nodes prove themselves with.
 *
 * @param api the API server's address as this machine reaches it
 * @param token of the schedulers' service account
 * @param ca PEM of the API server's CA as pods see it
 */
public record SchedulerToken(String api, String token, String ca) {
  private static final long POLL_MILLIS = 500;

  /** A record would print the token. */
  @Override
  public String toString() {
    return "SchedulerToken[" + api + "]";
  }

  /**
   * Reads it from the cluster; Kubernetes makes it a moment after the manifests were applied.
   *
   * @param cluster name of the Airflow cluster
   * @param patience how long it may take to appear
   * @throws KubernetesProblem when it is not there or cannot be read
   */
  public static SchedulerToken read(
      Config config, String cluster, String namespace, Duration patience) {
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      return new Reading(client, namespace, cluster + "-airflow-scheduler-token").read(patience);
    }
  }

  /** One secret on its way here. */
  private record Reading(KubernetesClient client, String namespace, String name) {
    SchedulerToken read(Duration patience) {
      long deadline = System.nanoTime() + patience.toNanos();
      while (true) {
        Map<String, String> data = Optional.ofNullable(secret().getData()).orElse(Map.of());
        if (data.containsKey("token")) {
          return new SchedulerToken(
              api(), decoded(data.get("token")), decoded(data.getOrDefault("ca.crt", "")));
        }
        if (System.nanoTime() > deadline) {
          throw problem(
              "has no token after %d s; check that the service account in its annotation exists and that kube-controller-manager runs"
                  .formatted(patience.toSeconds()));
        }
        pause();
      }
    }

    private Secret secret() {
      try {
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        if (secret != null) {
          return secret;
        }
        throw problem(
            "does not exist%s; apply the manifests first: kubectl apply -k RELEASE/manifests"
                .formatted(hasNamespace() ? "" : ", nor does the namespace '" + namespace + "'"));
      } catch (KubernetesClientException refused) {
        throw refusal(refused);
      }
    }

    private boolean hasNamespace() {
      try {
        return client.namespaces().withName(namespace).get() != null;
      } catch (KubernetesClientException unknown) {
        return true; // who may read the secret need not be allowed to read namespaces
      }
    }

    private KubernetesProblem refusal(KubernetesClientException refused) {
      if (refused.getCode() == 401 || refused.getCode() == 403) {
        return problem(
            "may not be read by this user (%d); choose an administrator's context with --context"
                .formatted(refused.getCode()));
      }
      Throwable cause = refused;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return new KubernetesProblem(
          "%s: does not answer: %s; check the address and the CA of the kubeconfig's context"
              .formatted(api(), cause.getMessage() == null ? cause : cause.getMessage()));
    }

    private KubernetesProblem problem(String what) {
      return new KubernetesProblem(
          "secret %s/%s at %s: %s".formatted(namespace, name, api(), what));
    }

    private String api() {
      return client.getMasterUrl().toString().replaceAll("/+$", "");
    }

    private static String decoded(String base64) {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static void pause() {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new KubernetesProblem("interrupted while waiting for the token; run it again");
      }
    }
  }
}

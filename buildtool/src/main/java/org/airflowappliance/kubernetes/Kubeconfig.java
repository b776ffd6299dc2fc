package org.airflowappliance.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.File;
import java.util.List;
import java.util.TreeSet;

/** The operator's own way into the cluster: kubectl's files. */
public final class Kubeconfig {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int REQUEST_MILLIS = 10_000;

  private Kubeconfig() {}

  /**
   * How to reach the API server.
   *
   * @param file instead of what KUBECONFIG names, or null
   * @param context instead of the files' current one, or null
   * @throws KubernetesProblem when there is no such file or context
   */
  public static Config read(File file, String context) {
    List<File> files =
        (file == null
                ? Config.getKubeconfigFilenames().stream().map(File::new)
                : List.of(file).stream())
            .filter(File::isFile)
            .toList();
    if (files.isEmpty()) {
      throw new KubernetesProblem(
          (file == null ? String.join(", ", Config.getKubeconfigFilenames()) : file.getPath())
              + ": there is no such file; name kubectl's with --kubeconfig or KUBECONFIG");
    }
    TreeSet<String> known = new TreeSet<>();
    for (File each : files) {
      KubeConfigUtils.parseConfig(each).getContexts().stream()
          .map(NamedContext::getName)
          .forEach(known::add);
    }
    if (context != null && !known.contains(context)) {
      throw new KubernetesProblem(
          "--context: there is no '%s' in %s; known are %s"
              .formatted(context, files, String.join(", ", known)));
    }
    Config config =
        file == null ? Config.autoConfigure(context) : Config.fromKubeconfig(context, file);
    return new ConfigBuilder(config)
        .withConnectionTimeout(CONNECT_MILLIS)
        .withRequestTimeout(REQUEST_MILLIS)
        .withRequestRetryBackoffLimit(0)
        .build();
  }
}

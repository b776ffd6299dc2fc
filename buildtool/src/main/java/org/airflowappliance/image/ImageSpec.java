package org.airflowappliance.image;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An image of the release as its definitions and cluster.yaml describe it.
 *
 * @param name such as {@code airflow-worker}
 * @param tag the version that it is loaded and published under
 * @param suite release of Debian that its packages are from
 * @param base an image in a registry, by digest, upon which it is built instead of packages
 * @param layers the lowest first
 * @param absent patterns of paths that no layer may hold
 * @param settings how it is started
 */
record ImageSpec(
    String name,
    String tag,
    String suite,
    Optional<String> base,
    List<LayerSpec> layers,
    List<String> absent,
    Settings settings) {
  /**
   * How an image is started, and what it says of itself.
   *
   * @param user user and group, by number
   * @param workingDirectory absolute path
   * @param entrypoint the program that is started, with its first arguments
   * @param command further arguments, which {@code docker run} replaces
   * @param environment variables by name
   * @param labels by name
   */
  record Settings(
      String user,
      String workingDirectory,
      List<String> entrypoint,
      List<String> command,
      Map<String, String> environment,
      Map<String, String> labels) {
    Settings {
      entrypoint = List.copyOf(entrypoint);
      command = List.copyOf(command);
      environment = Collections.unmodifiableMap(new TreeMap<>(environment));
      labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
  }

  ImageSpec {
    layers = List.copyOf(layers);
    absent = List.copyOf(absent);
  }

  /** What it is called where its archive is loaded: no registry is named. */
  String localName() {
    return "localhost/" + name + ":" + tag;
  }
}

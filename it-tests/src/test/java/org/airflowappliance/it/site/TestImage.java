package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.testcontainers.utility.DockerImageName;

/**
 * A container image that the tests need, upstream's or built here with the same interface: {@code
 * it-tests/images/build} decides, told by {@code -Dit.images=upstream|built|auto}.
 */
enum TestImage {
  NODE("rockylinux"),
  POSTGRES("postgres"),
  MINIO("minio/minio"),
  REGISTRY("registry"),
  K3S("rancher/k3s"),
  KEYCLOAK("quay.io/keycloak/keycloak"),
  HAPROXY("haproxy"),
  PROBE("busybox");

  private static final Duration BUILD = Duration.ofMinutes(28);
  private static final Map<TestImage, DockerImageName> FOUND = new ConcurrentHashMap<>();

  private final String standsFor;

  TestImage(String standsFor) {
    this.standsFor = standsFor;
  }

  /** A reference that is present on this machine, fetched or built when it has to be. */
  DockerImageName reference() {
    // a class may begin with a container of its own, before anything has told Testcontainers which
    // API to speak
    Docker.client();
    return FOUND.computeIfAbsent(this, TestImage::find);
  }

  /** Waits until all are present: whoever measures what comes after does not measure that. */
  static void present() {
    for (TestImage image : values()) {
      image.reference();
    }
  }

  /** What was used so far: upstream's, or built here, and under which reference. */
  static Map<String, String> used() {
    Map<String, String> used = new TreeMap<>();
    FOUND.forEach(
        (image, reference) -> {
          String name = reference.asCanonicalNameString();
          used.put(image.name().toLowerCase(Locale.ROOT), kind(name) + ": " + name);
        });
    return used;
  }

  private static String kind(String name) {
    if (!name.startsWith("airflow-appliance-it/")) {
      return "upstream's";
    }
    return name.contains("-upstream:") ? "upstream's with packages" : "built here";
  }

  private DockerImageName find() {
    String name = name().toLowerCase(Locale.ROOT);
    ProcessBuilder command =
        new ProcessBuilder(Folders.itTests().resolve("images/build").toString(), name);
    command.environment().put("IT_IMAGES", System.getProperty("it.images", "auto"));
    try {
      Program built = Program.attempt(BUILD, command);
      if (built.code() != 0) {
        throw new IllegalStateException("test image " + name + ": " + built.err());
      }
      String reference = built.out().strip();
      System.out.println("test image " + name + ": " + reference);
      return DockerImageName.parse(reference).asCompatibleSubstituteFor(standsFor);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}

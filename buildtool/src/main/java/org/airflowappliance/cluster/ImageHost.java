package org.airflowappliance.cluster;

import java.util.Optional;

/** The part of an image's name that says which registry has it. */
public final class ImageHost {
  private ImageHost() {}

  /**
   * What is wrong with it: a first part without '.' or ':' is no host to those who pull, but a
   * folder of Docker Hub.
   *
   * @param name of an image, or a registry's folder
   */
  public static Optional<String> problem(String name) {
    String host = host(name);
    if (!host.matches("[a-z0-9_-]+") || host.equals("localhost")) {
      return Optional.empty();
    }
    return Optional.of(
        "%s is at Docker Hub for all who pull it, since '%s' has neither '.' nor ':'; write the registry's whole name or its port, such as %s:443, or docker.io/%s"
            .formatted(Problems.quote(name), host, host, host));
  }

  /** Notes the first problem of an image, or of a registry's folder. */
  static void check(Part image) {
    Optional<String> name = image.text();
    name.flatMap(ImageHost::problem).ifPresent(image::problem);
    name.filter(text -> host(text).contains(":"))
        .filter(text -> !port(host(text).substring(host(text).indexOf(':') + 1)))
        .ifPresent(
            text ->
                image.problem(
                    "%s has a port that is not from 1 to 65535; correct or remove it"
                        .formatted(Problems.quote(text))));
  }

  private static String host(String name) {
    return name.split("/", 2)[0];
  }

  private static boolean port(String digits) {
    int port = Integer.parseInt(digits);
    return port > 0 && port <= 65535;
  }
}

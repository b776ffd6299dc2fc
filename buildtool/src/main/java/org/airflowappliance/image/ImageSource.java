package org.airflowappliance.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.Definitions;

/**
 * What the lock of an image is resolved from; only {@code appliance lock} reads it.
 *
 * @param lock path of the lock file in the definitions
 * @param suite Debian release
 * @param packages packages that the image needs, with all that they need
 * @param without packages that it runs without
 */
public record ImageSource(String lock, String suite, List<String> packages, Set<String> without) {
  private static final String FILE = "/image.yaml";

  public ImageSource {
    packages = List.copyOf(packages);
    without = Set.copyOf(without);
  }

  /** The sources of all images. */
  public static List<ImageSource> all(Definitions definitions, AirflowLine line) {
    List<ImageSource> sources = new ArrayList<>();
    for (String place : places(definitions)) {
      DefinitionYaml yaml = DefinitionYaml.read(definitions, place, holes(line));
      sources.add(
          new ImageSource(
              lock(place),
              yaml.text("suite"),
              yaml.texts("packages"),
              Set.copyOf(yaml.texts("without"))));
    }
    return sources;
  }

  /** The definitions of images, sorted. */
  static List<String> places(Definitions definitions) {
    return definitions.files("images").stream()
        .filter(file -> file.matches("images/[^/]+" + FILE))
        .toList();
  }

  static String lock(String place) {
    return place.replace(FILE, "/image.lock");
  }

  /** An image depends on the line alone, so that a new setting of the cluster ships no layer. */
  static Map<String, String> holes(AirflowLine line) {
    return Map.of(
        "airflow.version", line.version(),
        "airflow.serial", Integer.toString(line.serial()),
        "airflow.python", line.python());
  }
}

package org.airflowappliance.manifest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.image.ImageReference;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.template.Template;

/**
 * A text of the definitions, filled but for the images' digests, which are known once the images
 * were written.
 *
 * @param place its file, for errors
 * @param text with no other holes than {@code {{image.NAME}}}
 * @param registry where the images are pulled from
 */
record ManifestText(String place, String text, String registry) {
  private static final String IMAGE = "image.";

  /** Fills all but the images. */
  static ManifestText of(String place, String text, Map<String, String> values, String registry) {
    Template template = new Template(place, text);
    Map<String, String> known = new HashMap<>(values);
    template.names().stream()
        .filter(name -> name.startsWith(IMAGE))
        .forEach(name -> known.put(name, "{{" + name + "}}"));
    return new ManifestText(place, template.fill(known), registry);
  }

  /** The images' digests. */
  List<ReleasePath> inputs() {
    return images().stream().map(ImageReference::digestFile).toList();
  }

  /** The whole text. */
  String filled(Workbench workbench) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (ImageReference image : images()) {
      values.put(IMAGE + image.name(), image.in(registry, workbench));
    }
    return new Template(place, text).fill(values);
  }

  private List<ImageReference> images() {
    List<ImageReference> images = new ArrayList<>();
    new Template(place, text)
        .names()
        .forEach(name -> images.add(new ImageReference(name.substring(IMAGE.length()))));
    return images;
  }
}

package org.airflowappliance.manifest;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.image.ImageReference;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.template.Template;

/**
 * A text of the definitions with what its holes get. It is filled once and at the end, when the
 * images' digests are known: a value may hold what looks like a hole, such as a log's name in
 * Airflow's own words.
 *
 * @param template the definition
 * @param values of its holes but the images
 * @param images names of images of the release, by hole
 * @param registry where the images are pulled from
 */
record ManifestText(
    Template template,
    SortedMap<String, String> values,
    SortedMap<String, String> images,
    String registry) {
  private static final String IMAGE = "image.";

  /**
   * The hole of {@link WorkerValues} that has a value where a tenant brings an image of its own.
   */
  private static final String WORKER_IMAGE = "worker.image";

  /** A text whose holes all have something to come. */
  static ManifestText of(Template template, Map<String, String> values, String registry) {
    SortedMap<String, String> images = new TreeMap<>();
    for (String hole : template.names()) {
      if (hole.startsWith(IMAGE)) {
        images.put(hole, hole.substring(IMAGE.length()));
      } else if (hole.equals(WORKER_IMAGE) && !values.containsKey(hole)) {
        images.put(hole, "airflow-worker");
      }
    }
    Set<String> known = new HashSet<>(values.keySet());
    known.addAll(images.keySet());
    template.require(known);
    return new ManifestText(template, template.asked(values), images, registry);
  }

  /** Its file, for errors. */
  String place() {
    return template.place();
  }

  /** The images' digests. */
  List<ReleasePath> inputs() {
    return new TreeSet<>(images.values())
        .stream().map(name -> new ImageReference(name).digestFile()).toList();
  }

  /** The whole text. */
  String filled(Workbench workbench) throws IOException {
    Map<String, String> all = new HashMap<>(values);
    for (Map.Entry<String, String> image : images.entrySet()) {
      all.put(image.getKey(), new ImageReference(image.getValue()).in(registry, workbench));
    }
    return template.fill(all);
  }
}

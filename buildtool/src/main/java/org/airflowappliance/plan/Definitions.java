package org.airflowappliance.plan;

import java.util.List;
import org.airflowappliance.template.IllegalDefinition;

/**
 * The data folders rpm, images, kickstart and manifests: packed in the jar, or a folder given by an
 * option.
 */
public interface Definitions {
  /**
   * A text in UTF-8.
   *
   * @param path such as {@code rpm/airflow/package.yaml}
   * @throws IllegalDefinition when there is none
   */
  String text(String path);

  /** Whether there is such a file. */
  boolean exists(String path);

  /** Paths of all files below a folder, sorted. */
  List<String> files(String folder);
}

package org.airflowappliance.plan;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A folder that is costly to make and depends only on its recipe, so it is made once and kept in
 * the Store.
 */
public interface Derived {
  /** Short name for progress and for the cache's folder. */
  String name();

  /**
   * Digest of all that decides the content: locked inputs, the way it is made, versions of the
   * tools that make it.
   */
  String recipe();

  /** Fills {@code folder}, which exists and is empty. */
  void make(Path folder, Workbench workbench) throws IOException;
}

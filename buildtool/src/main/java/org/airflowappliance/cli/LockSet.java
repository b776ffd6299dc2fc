package org.airflowappliance.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that {@code appliance lock} found, before the first file is written: what cannot be resolved
 * leaves everything as it was.
 *
 * @param lines by Airflow version; each has the next serial in it when it, or an image, changed
 * @param others such as the images, by what they are called
 */
record LockSet(Map<String, LockFiles> lines, Map<String, LockFiles> others) {
  LockSet {
    lines = new TreeMap<>(lines);
    others = new TreeMap<>(others);
  }

  /** Is told what became of a part. */
  interface Listener {
    void written(String what, List<String> changes);
  }

  /**
   * Writes the lines first: what is built of them carries their serial, so that an interruption
   * leaves one that is raised for nothing, and never another image under the serial of before.
   */
  void write(Listener listener) throws IOException {
    for (Map.Entry<String, LockFiles> line : lines.entrySet()) {
      listener.written("line " + line.getKey(), line.getValue().write());
    }
    for (Map.Entry<String, LockFiles> other : others.entrySet()) {
      listener.written(other.getKey(), other.getValue().write());
    }
  }
}

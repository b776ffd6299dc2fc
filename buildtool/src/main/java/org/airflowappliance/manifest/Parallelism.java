package org.airflowappliance.manifest;

import java.util.Map;
import org.airflowappliance.cluster.Cluster;

/** How many tasks one scheduler runs at a time. */
final class Parallelism {
  /** Airflow's default. */
  private static final int USUAL = 32;

  /** Airflow takes 0 for "no limit"; this is as far as one scheduler comes. */
  private static final int MOST = 1000;

  private Parallelism() {}

  static int of(Cluster cluster) {
    String text =
        cluster.airflowConfig().getOrDefault("core", Map.of()).getOrDefault("parallelism", "");
    if (!text.matches("[0-9]{1,6}")) {
      return USUAL;
    }
    int number = Integer.parseInt(text);
    return number == 0 ? MOST : number;
  }
}

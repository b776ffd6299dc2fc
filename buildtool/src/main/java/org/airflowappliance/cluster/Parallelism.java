package org.airflowappliance.cluster;

import java.util.Map;

/** How many tasks one scheduler runs at a time. */
public final class Parallelism {
  /** Airflow's default. */
  private static final int USUAL = 32;

  /** Airflow takes 0 for "no limit"; this is as far as one scheduler comes. */
  private static final int MOST = 1000;

  private Parallelism() {}

  /** As the cluster's airflow.cfg says. */
  public static int of(Cluster cluster) {
    return of(
        cluster.airflowConfig().getOrDefault("core", Map.of()).getOrDefault("parallelism", ""));
  }

  static int of(String text) {
    if (!text.matches("[0-9]{1,6}")) {
      return USUAL;
    }
    int number = Integer.parseInt(text);
    return number == 0 ? MOST : number;
  }
}

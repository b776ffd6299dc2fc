package org.airflowappliance.plan;

/**
 * One Airflow on the nodes; all paths that it owns are derived here from its name and nowhere else.
 *
 * @param name empty for the main instance
 */
public record Instance(String name) {
  /** The instance that every cluster has. */
  public static final Instance MAIN = new Instance("");

  public Instance {
    if (!name.matches("|[a-z][a-z0-9-]{0,30}")) {
      throw new IllegalArgumentException("'" + name + "' is not a name of an instance");
    }
  }

  /** AIRFLOW_HOME: rendered configuration, the administrator's settings and secrets. */
  public String home() {
    return below("/etc/airflow", "instances/");
  }

  /** What is derived from the secrets at each start. */
  public String run() {
    return name.isEmpty() ? "/run/airflow" : "/run/airflow-" + name;
  }

  /** Where the DAG prefix is mounted. */
  public String dags() {
    return below("/opt/airflow", "instances/") + "/dags";
  }

  /** Airflow's plugins folder. */
  public String plugins() {
    return below("/opt/airflow", "instances/") + "/plugins";
  }

  /** Log folder. */
  public String logs() {
    return below("/var/log/airflow", "");
  }

  /** State folder. */
  public String state() {
    return below("/var/lib/airflow", "");
  }

  private String below(String root, String between) {
    return name.isEmpty() ? root : root + "/" + between + name;
  }
}

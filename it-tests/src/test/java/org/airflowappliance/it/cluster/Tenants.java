package org.airflowappliance.it.cluster;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.it.site.Airflow;
import org.airflowappliance.it.site.Cluster;

/** The site's teams; the second one's name begins as the first one's. */
final class Tenants {
  static final String SCI = "sci";
  static final String TWO = "sci-two";

  /** A third one, which comes with the second release; the second one goes then. */
  static final String LATE = "late";

  private static final Map<String, String> FOLDERS =
      Map.of(SCI, "sci", TWO, "teams/two", LATE, "late");
  private static final Map<String, String> ROLES =
      Map.of(SCI, "airflow_sci", TWO, "airflow_two", LATE, "airflow_late");
  private static final Map<String, String> MEMBERS = Map.of(SCI, "sven", TWO, "tara", LATE, "lena");

  /** Who has been made; there is one realm for all tests. */
  private static final Set<String> KNOWN = new HashSet<>();

  private final Cluster cluster;
  private final String mark;

  /**
   * With people of one class alone: a session that another one renews meanwhile is not this one's.
   *
   * @param mark behind their names
   */
  Tenants(Cluster cluster, String mark) {
    this.cluster = cluster;
    this.mark = mark;
  }

  /** The other one. */
  static String other(String tenant) {
    return tenant.equals(SCI) ? TWO : SCI;
  }

  /** Where a file of a team's lies in the bucket. */
  static String key(String tenant, String file) {
    return "dags/" + FOLDERS.get(tenant) + "/" + file;
  }

  /** The provider's role of its members; guests have `_guest` behind it. */
  static String role(String tenant) {
    return ROLES.get(tenant);
  }

  /** Puts a DAG file of the tests' resources into a team's folder, with its names. */
  void put(String tenant, String file, Map<String, String> more) throws IOException {
    cluster.store().put(key(tenant, file), text(tenant, file, more));
  }

  /** A DAG file of the tests' resources with a team's names. */
  static String text(String tenant, String file, Map<String, String> more) throws IOException {
    String text = Runs.text(file).replace("TENANT", tenant).replace("OTHER", other(tenant));
    for (Map.Entry<String, String> each : more.entrySet()) {
      text = text.replace(each.getKey(), each.getValue());
    }
    return text;
  }

  /** Airflow as a team's user sees it. */
  Airflow member(String tenant) {
    return cluster.as(name(tenant));
  }

  /** A team's user; the first call makes the person. */
  String name(String tenant) {
    return person(MEMBERS.get(tenant) + "-" + mark, role(tenant));
  }

  /** A person with a role of the provider's; the first call makes the person. */
  String person(String name, String role) {
    synchronized (KNOWN) {
      if (KNOWN.add(name)) {
        cluster.people().add(name, role);
      }
    }
    return name;
  }
}

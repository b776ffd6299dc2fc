package org.airflowappliance.it.node;

import java.io.IOException;
import java.time.Duration;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SystemdNode;

/** The steps of an operator that several tests take. */
final class NodeSteps {
  static final Duration INSTALL = Duration.ofMinutes(6);
  static final Duration START = Duration.ofMinutes(5);
  static final Duration QUICK = Duration.ofSeconds(60);
  static final String SECRETS = "/etc/airflow/secrets.env";
  static final String PACKAGES =
      "airflow airflow-webserver airflow-scheduler airflow-dags-s3fs airflow-cluster-homelab";

  private NodeSteps() {}

  /** Fetches the repository file and installs the cluster's package. */
  static void install(Site site, SystemdNode node) {
    node.run(
        "curl -fsS -o /etc/yum.repos.d/airflow-homelab.repo "
            + site.distribution()
            + "/rpm/airflow-homelab.repo");
    node.run(INSTALL, "dnf -y install airflow-cluster-homelab");
  }

  /** Machine {@code number} as a working node of release 1, whatever was done on it before. */
  static SystemdNode ready(Site site, int number) throws IOException {
    site.publish(1);
    SystemdNode node = site.machine(number);
    if (node.attempt(QUICK, "rpm -q " + PACKAGES).code() != 0) {
      install(site, node);
    }
    if (node.attempt(QUICK, "test -e " + SECRETS).code() != 0) {
      node.place(SECRETS, site.secrets().file(), 0600);
    }
    working(node);
    return node;
  }

  /** Waits until the units that need nothing from Kubernetes do their work. */
  static void working(SystemdNode node) {
    for (String unit : new String[] {"airflow-migrate", "airflow-dags", "airflow-webserver"}) {
      node.untilUnit(unit + ".service", "active", START);
    }
  }

  /** The effective value of a setting, as the command line shows it. */
  static String setting(SystemdNode node, String key) {
    return node.run("airflow config get-value " + key + " 2>/dev/null").strip();
  }
}

package org.airflowappliance.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Nodes that start together: one migrates, the others wait for it, and a killed one is succeeded.
 */
@Order(30)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SiteExtension.OfClass.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MigrationIT {
  private static final String UNIT = "airflow-migrate.service";

  private Site site;
  private List<SystemdNode> nodes;

  @BeforeAll
  void twoNodes(Site site) throws IOException {
    this.site = site;
    nodes = List.of(NodeSteps.ready(site, 1), NodeSteps.ready(site, 2));
  }

  @Test
  void aKilledMigrationIsTakenOverByTheNodeThatWaited() {
    nodes.forEach(node -> node.run("systemctl stop airflow-secrets.service"));
    site.database().query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    nodes.forEach(node -> node.run("systemctl --no-block start airflow-secrets.service"));

    SystemdNode first = firstToMigrate();
    SystemdNode second = nodes.get(0) == first ? nodes.get(1) : nodes.get(0);
    statusOf(second, "waiting for airflow-migrate@" + first.name());

    first.run("systemctl kill --kill-who=all --signal=KILL " + UNIT);
    statusOf(second, "migrated by this node");
    second.untilUnit("airflow-webserver.service", "active", NodeSteps.START);

    first.run("systemctl restart airflow-secrets.service");
    statusOf(first, "nothing to do");
    NodeSteps.working(first);
    assertThat(site.database().query("SELECT count(*) FROM alembic_version")).isEqualTo("1");
  }

  private SystemdNode firstToMigrate() {
    nodes
        .get(0)
        .until(
            "one of the nodes migrates",
            NodeSteps.START,
            () -> nodes.stream().filter(MigrationIT::migrates).toList(),
            some -> !some.isEmpty());
    return nodes.stream().filter(MigrationIT::migrates).findFirst().orElseThrow();
  }

  private static boolean migrates(SystemdNode node) {
    return node.status(UNIT).startsWith("migrating ");
  }

  private static void statusOf(SystemdNode node, String text) {
    node.until(
        "the migration's status says: " + text,
        NodeSteps.START,
        () -> node.status(UNIT),
        status -> status.contains(text));
  }
}

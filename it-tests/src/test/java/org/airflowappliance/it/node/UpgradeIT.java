package org.airflowappliance.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.airflowappliance.it.site.SystemdNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Upgrade, downgrade and removal replace what is rendered and keep what is the operator's. */
@Order(7)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("the node that is upgraded") // so that its own tests come one after another
@ExtendWith({SiteExtension.OfClass.class, InOrder.class})
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UpgradeIT {
  private static final String LOCAL = "AIRFLOW__WEBSERVER__PAGE_SIZE=33";
  private static final String PID = "systemctl show -p MainPID --value airflow-webserver";

  private Site site;
  private SystemdNode node;

  @BeforeAll
  void nodeWithAChangeOfItsOwn(Site site) throws IOException {
    this.site = site;
    node = NodeSteps.ready(site, 1);
    node.run("echo '" + LOCAL + "' >> /etc/airflow/local.env");
    node.run("echo '# by hand' >> /etc/airflow/airflow.cfg");
    node.run("echo kept > /var/log/airflow/kept; echo kept > /var/lib/airflow/kept");
  }

  @Test
  @Order(1)
  void anUpgradeReplacesWhatIsRenderedAndKeepsLocalSettings() throws IOException {
    String before = node.run(PID);
    site.publish(2);
    node.run(NodeSteps.INSTALL, "dnf -y --refresh upgrade");
    assertThat(node.run("rpm -q airflow-cluster-homelab").strip())
        .isEqualTo("airflow-cluster-homelab-1-2.el8.noarch");
    node.until(
        "the webserver was restarted",
        NodeSteps.START,
        () -> node.run(PID),
        now -> !now.equals(before));
    NodeSteps.working(node);
    assertThat(NodeSteps.setting(node, "core parallelism")).isEqualTo("62");
    assertThat(NodeSteps.setting(node, "webserver page_size")).isEqualTo("33");
    assertThat(node.run("tail -n 1 /etc/airflow/airflow.cfg.rpmsave").strip())
        .isEqualTo("# by hand");
    assertThat(node.run("cat /etc/airflow/secrets.env")).isEqualTo(site.secrets().file());
    assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
  }

  @Test
  @Order(2)
  void aDowngradeGoesBack() throws IOException {
    site.publish(1);
    node.run(NodeSteps.INSTALL, "dnf -y --refresh downgrade airflow-cluster-homelab");
    assertThat(node.run("rpm -q airflow-cluster-homelab").strip())
        .isEqualTo("airflow-cluster-homelab-1-1.el8.noarch");
    NodeSteps.working(node);
    assertThat(NodeSteps.setting(node, "core parallelism")).isEqualTo("61");
    assertThat(NodeSteps.setting(node, "webserver page_size")).isEqualTo("33");
  }

  @Test
  @Order(3)
  void aRemovalStopsEverythingAndLeavesData() {
    String tables = tables();
    node.run(NodeSteps.INSTALL, "dnf -y remove 'airflow*'");
    assertThat(node.run("rpm -qa 'airflow*'")).isEmpty();
    assertThat(node.attempt(NodeSteps.QUICK, "pgrep -u airflow; pgrep -x s3fs").out()).isEmpty();
    assertThat(node.run("grep -c fuse.s3fs /proc/mounts || :").strip()).isEqualTo("0");
    assertThat(node.run("systemctl list-units --all --no-legend 'airflow*'")).isEmpty();
    assertThat(node.run("cat /etc/airflow/secrets.env")).isEqualTo(site.secrets().file());
    assertThat(node.run("cat /etc/airflow/local.env.rpmsave")).contains(LOCAL);
    assertThat(node.run("cat /var/log/airflow/kept /var/lib/airflow/kept"))
        .isEqualTo("kept\nkept\n");
    assertThat(node.run("id -u airflow").strip()).isEqualTo("50000");
    assertThat(node.run("find /usr/lib/airflow -name '*.py' 2>/dev/null | head -3")).isEmpty();
    assertThat(tables()).isEqualTo(tables);
  }

  private String tables() {
    return site.database()
        .query("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'");
  }
}

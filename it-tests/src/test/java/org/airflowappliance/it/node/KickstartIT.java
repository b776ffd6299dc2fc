package org.airflowappliance.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Collectors;
import org.airflowappliance.it.site.Kickstart;
import org.airflowappliance.it.site.Program;
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

/**
 * What a kickstart says, done on a fresh machine: packages, then %post, then the secrets file, and
 * it joins by itself. Network and partitions are the installer's own work, which nothing here does.
 */
@Order(35)
@ExtendWith({SiteExtension.class, InOrder.class})
@TestMethodOrder(OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KickstartIT {
  private Site site;
  private SystemdNode node;
  private Kickstart kickstart;

  @BeforeAll
  void freshMachine(Site site) throws IOException {
    this.site = site;
    site.publish(1);
    node = site.machine(3);
    kickstart = Kickstart.read(site.release(1).resolve("kickstart/" + node.name() + ".ks"));
  }

  /** EL8's repositories cannot be had: the machine's own system provides their packages' names. */
  @Test
  @Order(1)
  void thePackagesOfTheListAreInstalled() {
    String refused =
        kickstart.refused().stream()
            .map(pattern -> "'--exclude=" + pattern + "' ")
            .collect(Collectors.joining());
    node.run(
        NodeSteps.INSTALL,
        "dnf -y --nogpgcheck --repofrompath=any,"
            + site.distribution()
            + "/rpm install "
            + refused
            + String.join(" ", kickstart.packages()));
    for (String each : kickstart.packages()) {
      node.run("rpm -q --whatprovides " + each);
    }
  }

  @Test
  @Order(2)
  void preStopsOnAnotherMachineBeforeAnythingIsErased() {
    node.place("/root/pre.sh", kickstart.section("%pre"), 0700);
    Program ran = node.attempt(NodeSteps.QUICK, "bash /root/pre.sh");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("kickstart of airflow3: no network card here is 52:54:00:0a:00:7a; found: ")
        .contains("; nothing was changed");
  }

  @Test
  @Order(3)
  void postStopsWhenTheKeyIsAnother() {
    String other = kickstart.section("%post").replaceAll("\\b[0-9A-F]{40}\\b", "0".repeat(40));
    node.place("/root/other.sh", other, 0700);
    Program ran = node.attempt(NodeSteps.INSTALL, "bash /root/other.sh");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("instead of " + "0".repeat(40), "%post: line ");
    assertThat(node.attempt(NodeSteps.QUICK, "rpm -q airflow").code()).isEqualTo(1);
  }

  @Test
  @Order(4)
  void postMakesANodeFromTheSignedRepository() {
    node.place("/root/post.sh", kickstart.section("%post"), 0700);
    assertThat(node.run(NodeSteps.INSTALL, "bash /root/post.sh 2>&1"))
        .contains("== done: after the reboot place /etc/airflow/secrets.env");
    assertThat(node.run("rpm -q " + NodeSteps.PACKAGES).lines()).hasSize(5);
    assertThat(node.run("cat /etc/yum.repos.d/airflow-homelab.repo"))
        .contains("gpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/");
  }

  @Test
  @Order(5)
  void thePortIsOpenAndRootSignsInWithKeysOnly() {
    assertThat(node.run("firewall-offline-cmd --list-services").strip().split(" "))
        .contains("airflow-webserver", "ssh");
    assertThat(node.run("mkdir -p /run/sshd; sshd -T"))
        .contains("\npasswordauthentication no\n")
        .containsPattern("\npermitrootlogin (prohibit-password|without-password)\n");
  }

  @Test
  @Order(6)
  void theSecretsFileMakesItJoin() {
    node.place(NodeSteps.SECRETS, site.secrets().file(), 0600);
    NodeSteps.working(node);
    node.until(
        "/health",
        NodeSteps.START,
        () -> node.run("curl -fsS -m 5 http://" + node.address() + ":8080/health"),
        health ->
            health.replaceAll("\\s", "").contains("\"metadatabase\":{\"status\":\"healthy\"}"));
    assertThat(node.run("systemctl --failed --no-legend")).isEmpty();
  }
}

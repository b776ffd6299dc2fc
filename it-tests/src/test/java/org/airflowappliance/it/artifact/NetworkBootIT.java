package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promise: a machine that boots from the network finds its own kickstart by its MAC, once; any
 * other boots its disk. A small initrd stands in for Rocky's installer.
 */
@Tag("artifact")
@Order(Integer.MAX_VALUE - 1) // as it only computes, towards the end, when others mostly wait
@Execution(ExecutionMode.CONCURRENT)
class NetworkBootIT {
  private static final String KICKSTART = "http://10.0.0.5/airflow/kickstart/";

  @TempDir static Path folder;

  private static Path release;

  @BeforeAll
  static void build() throws IOException {
    String example = Files.readString(Tool.ROOT.resolve("buildtool/examples/homelab.yaml"));
    Files.writeString(
        folder.resolve("cluster.yaml"),
        example
            .replace("url: http://192.168.11.5/airflow", "url: http://10.0.0.5/airflow")
            .replace("provisioning:\n", "provisioning:\n  rockyMirror: http://10.0.0.5/rocky/8\n"));
    release = folder.resolve("release");
    Tool.run(
        folder,
        Map.of(),
        "build",
        "cluster.yaml",
        "--only",
        "kickstart,pxe",
        "-o",
        release.toString());
  }

  /** A few at a time: a machine that is emulated wants a processor of its own. */
  private static Lab lab(String name, boolean plainRom, String... machines) throws IOException {
    return Lab.start(folder.resolve(name), release, plainRom, machines);
  }

  @Test
  void anEmptyMachineWithBiosGetsItsKickstart() throws IOException {
    try (Lab lab = lab("plain", true, "new-bios,bios,52:54:00:0a:00:78,empty")) {
      assertThat(lab.console("new-bios", "nothing is installed"))
          .contains(
              "tftp://10.0.0.5/undionly.kpxe... ok",
              "/pxe/nodes/52-54-00-0a-00-78.ipxe... ok",
              "airflow1: the local disk does not boot",
              "airflow1 has 10.0.0.120/255.255.255.0 by 10.0.0.1 on eth0 (52:54:00:0a:00:78)",
              "hostname=airflow1 stands in " + KICKSTART + "airflow1.ks");
      assertThat(lab.log("web.log"))
          .containsPattern("10\\.0\\.0\\.120 .*GET /airflow/kickstart/airflow1\\.ks .* 200");
    }
  }

  @Test
  void anEmptyMachineWithUefiGetsItsKickstart() throws IOException {
    try (Lab lab = lab("new", false, "new-uefi,uefi,52:54:00:0a:00:79,empty")) {
      assertThat(lab.console("new-uefi", "nothing is installed"))
          .contains(
              "NBP filename is grubnetx64.efi",
              "airflow2: installing",
              "airflow2 has 10.0.0.121/255.255.255.0 by 10.0.0.1 on eth0 (52:54:00:0a:00:79)",
              "hostname=airflow2 stands in " + KICKSTART + "airflow2.ks");
      assertThat(lab.log("web.log"))
          .containsPattern("10\\.0\\.0\\.121 .*GET /airflow/kickstart/airflow2\\.ks .* 200");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bios", "uefi"})
  void anInstalledMachineBootsItsDiskAndIsNotInstalledAgain(String firmware) throws IOException {
    String name = "old-" + firmware;
    try (Lab lab = lab(name, false, name + "," + firmware + ",52:54:00:0a:00:7a,system")) {
      assertThat(lab.console(name, "local disk of " + name + " runs"))
          .contains("airflow3: booting the local disk")
          .doesNotContain("airflow3: installing");
      assertThat(lab.log("web.log")).doesNotContain("airflow3.ks");
    }
  }

  @Test
  void anUnknownMachineBootsItsDisk() throws IOException {
    try (Lab lab =
        lab(
            "other",
            false,
            "other-bios,bios,52:54:00:99:00:01,system",
            "other-uefi,uefi,52:54:00:99:00:02,system")) {
      assertThat(lab.console("other-bios", "local disk of other-bios runs"))
          .contains("52:54:00:99:00:01 is no node of cluster homelab: booting the local disk");
      assertThat(lab.console("other-uefi", "local disk of other-uefi runs"))
          .contains("52:54:00:99:00:02 is no node of cluster homelab: booting the local disk");
    }
  }
}

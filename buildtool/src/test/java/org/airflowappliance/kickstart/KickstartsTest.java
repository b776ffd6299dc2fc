package org.airflowappliance.kickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.airflowappliance.plan.Blueprint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KickstartsTest {
  private static final String NTP = "  ntpServers: [192.168.11.1] # CHANGE\n";

  @TempDir Path folder;

  @Test
  void mirrorsOfTheSiteReplaceThePublicListsInTheInstallationAndAfterIt() throws IOException {
    String text =
        kickstart(
            NTP,
            NTP
                + "  rockyMirror: http://10.0.0.5/rocky/8/\n  epelMirror: http://10.0.0.5/epel/8\n");
    assertThat(text)
        .contains(
            "url --url=http://10.0.0.5/rocky/8/BaseOS/x86_64/os/\n",
            "repo --name=appstream --baseurl=http://10.0.0.5/rocky/8/AppStream/x86_64/os/\n",
            "repo --name=epel --baseurl=http://10.0.0.5/epel/8/Everything/x86_64/\n",
            "\nbaseurl=http://10.0.0.5/rocky/8/BaseOS/x86_64/os/\n",
            "\nbaseurl=http://10.0.0.5/epel/8/Everything/x86_64/\n")
        .doesNotContain("mirrorlist=https", "metalink");
  }

  @Test
  void whatIsLeftOutLeavesNothingBehind() throws IOException {
    assertThat(kickstart(NTP, "")).contains("timezone Asia/Seoul --utc \n");
    assertThat(kickstart("    dns: [10.0.0.1] # CHANGE\n", ""))
        .contains("--gateway=10.0.0.1  --hostname=airflow1");
  }

  @Test
  void everyKeyOfRootHasItsLine() throws IOException {
    String keys = "  rootSshKeys:\n";
    String another =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA it's me";
    assertThat(kickstart(keys, keys + "    - " + another + "\n"))
        .contains("sshkey --username=root \"" + another + "\"\nsshkey --username=root \"ssh-");
  }

  private String kickstart(String text, String replacement) throws IOException {
    Blueprint blueprint = Examples.changed(folder, Examples.DEFINITIONS, text, replacement);
    return Examples.text(folder, Examples.texts(blueprint).get(0));
  }
}

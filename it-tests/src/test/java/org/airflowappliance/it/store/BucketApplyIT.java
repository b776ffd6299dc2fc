package org.airflowappliance.it.store;

import static org.airflowappliance.it.store.TwoTenants.FOREIGN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.cluster.TenantRole;
import org.airflowappliance.it.site.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code appliance bucket apply} again, after a change, and where it cannot work. */
@Order(6)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("what is applied")
final class BucketApplyIT {
  @TempDir Path folder;
  private TwoTenants site;

  @BeforeEach
  void start() throws IOException {
    site = new TwoTenants(folder);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void aRepetitionChangesNothing() throws IOException {
    assertThat(site.apply())
        .hasSize(16)
        .allMatch(line -> line.startsWith("kept ") || line.startsWith("= "));
    assertThat(site.apply("--dry-run")).hasSize(11).allMatch(line -> line.startsWith("= "));
    assertThat(site.apply("-q")).isEmpty();
    assertThat(
            site.done(
                "bucket",
                "prepare",
                site.cluster().toString(),
                "--secrets",
                site.secrets().toString()))
        .as("the nodes' keys do for what is there already")
        .hasSize(5)
        .allMatch(line -> line.startsWith("kept "));
  }

  @Test
  void aTenantComesAndGoes() throws IOException {
    site.files();
    Keys gone = site.keys("sci-two", TenantRole.PUBLISH);
    Keys pods = site.keys("sci-two", TenantRole.PODS);
    Keys derived = site.derived(gone);
    String file = "/airflow/dags/sci-two/secret.py";
    assertThat(site.as(derived, "GET", file).seen()).isEqualTo("200");
    site.tenants("sci", "new");

    List<String> changed =
        site.apply().stream()
            .filter(line -> !line.matches("(=|kept) .*") || line.contains("data"))
            .toList();

    assertThat(changed)
        .containsExactlyInAnyOrder(
            "made airflow/dags/new/",
            "+ policy homelab.airflow.new.publish",
            "+ policy homelab.airflow.new.pods",
            "+ user of homelab.airflow.new.publish",
            "+ user of homelab.airflow.new.pods",
            "- user " + gone.id() + ": had homelab.airflow.minio, homelab.airflow.sci-two.publish",
            "- user " + pods.id() + ": had homelab.airflow.minio, homelab.airflow.sci-two.pods",
            "- policy homelab.airflow.sci-two.publish",
            "- policy homelab.airflow.sci-two.pods",
            "= data of sci-two: airflow/dags/sci-two/*, airflow/logs/sci-two__* are kept; to delete them, remove with an"
                + " administrator's keys what begins so");
    for (Keys each : List.of(gone, pods, derived)) {
      assertThat(site.as(each, "GET", file).status()).isEqualTo(403);
    }
    assertThat(site.as(site.root(), "GET", file).body()).isEqualTo(FOREIGN);
    Keys fresh = site.keys("new", TenantRole.PUBLISH);
    assertThat(site.as(fresh, "PUT", "/airflow/dags/new/a.py").status()).isEqualTo(200);
    Keys stays = site.keys("sci", TenantRole.PUBLISH);
    assertThat(site.as(stays, "GET", "/airflow/dags/sci/a.py").seen()).isEqualTo("200");
  }

  @Test
  void whatKeepsItFromWorkingIsTold() throws IOException {
    String secrets = Files.readString(site.secrets());
    Files.writeString(site.secrets(), secrets.replace("nodes-key", site.minio().administrator()));
    assertThat(refused())
        .isEqualTo(
            site.secrets()
                + " S3_ACCESS_KEY_ID: is the same key as MINIO_ROOT_USER; give each its own\n");
    Files.writeString(site.secrets(), secrets);

    String text = Files.readString(site.cluster());
    Files.writeString(site.cluster(), text.replace("bucket: airflow", "bucket: nowhere"));
    assertThat(refused()).contains("there is no bucket 'nowhere'; create it");
    Files.writeString(site.cluster(), text.replace(site.minio().url(), "http://127.0.0.1:9"));
    assertThat(refused()).startsWith("http://127.0.0.1:9: no answer (");
  }

  private String refused() throws IOException {
    Program ran = site.minio().appliance(site.arguments());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).doesNotContain("Exception", "\tat ");
    return ran.err();
  }
}

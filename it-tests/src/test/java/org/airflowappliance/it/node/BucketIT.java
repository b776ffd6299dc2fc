package org.airflowappliance.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.airflowappliance.it.site.Appliance;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code appliance bucket prepare} may be repeated, and says what a real S3 server refuses. */
@Order(5)
@ExtendWith(SiteExtension.class)
final class BucketIT {
  @TempDir Path folder;

  @Test
  void aRepetitionKeepsEverything(Site site) throws IOException {
    Program ran = prepare(site.clusterFile(1), site.secrets().file());
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().lines())
        .containsExactly(
            "kept airflow/dags/",
            "kept airflow/dags/.airflow-appliance",
            "kept airflow/dags/sci/",
            "kept airflow/dags/teams/two/",
            "kept airflow/logs/");
  }

  @Test
  void aWrongKeyIsToldByItsName(Site site) throws IOException {
    String wrong =
        site.secrets()
            .file()
            .replaceAll("(?m)^S3_SECRET_ACCESS_KEY=.*$", "S3_SECRET_ACCESS_KEY=wrong");
    Program ran = prepare(site.clusterFile(1), wrong);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("S3_ACCESS_KEY_ID is refused for this bucket (403)")
        .doesNotContain("Exception", "\tat ");
  }

  @Test
  void aBucketThatIsNotThereIsTold(Site site) throws IOException {
    String text = Files.readString(site.clusterFile(1));
    assertThat(text).contains("bucket: airflow,");
    Path file =
        Files.writeString(
            folder.resolve("other.yaml"), text.replace("bucket: airflow,", "bucket: nowhere,"));
    Program ran = prepare(file, site.secrets().file());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("there is no bucket 'nowhere'; create it");
  }

  private Program prepare(Path cluster, String secrets) throws IOException {
    Path file = Files.writeString(folder.resolve("secrets.env"), secrets);
    return Appliance.attempt("bucket", "prepare", cluster.toString(), "--secrets", file.toString());
  }
}

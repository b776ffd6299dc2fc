package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.airflowappliance.cluster.ClusterYaml;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that make, load and hand out the tenants' S3 keys, without a server. */
class TenantCommandsTest {
  @TempDir Path folder;
  private String cluster;
  private String tenants;
  private String secrets;

  @BeforeEach
  void files() throws IOException {
    cluster = folder.resolve("cluster.yaml").toString();
    tenants = folder.resolve("tenants.env").toString();
    secrets = folder.resolve("secrets.env").toString();
    cluster("science", "art");
    Ran.run("secrets", "new", secrets);
    Files.writeString(
        Path.of(secrets),
        Files.readString(Path.of(secrets))
            .replace("DATABASE_PASSWORD=", "DATABASE_PASSWORD=secret")
            .replace("S3_ACCESS_KEY_ID=", "S3_ACCESS_KEY_ID=NODES")
            .replace("S3_SECRET_ACCESS_KEY=", "S3_SECRET_ACCESS_KEY=nodes-secret"));
  }

  private void cluster(String... names) throws IOException {
    StringBuilder text = new StringBuilder("tenants:");
    for (String name : names) {
      text.append(
          "\n  - {name: %s, roles: {%1$s_user: User}, quota: {cpu: 4, memory: 8Gi, pods: 4}}"
              .formatted(name));
    }
    Files.writeString(
        Path.of(cluster), ClusterYaml.exampleText().replace("tenants: []", text.toString()));
  }

  @Test
  void keysAreMadeAddedAndKept() throws IOException {
    assertThat(Ran.run("secrets", "tenants", tenants, cluster).out())
        .startsWith("added SCIENCE_PUBLISH_ACCESS_KEY_ID\n")
        .endsWith(tenants + ": 2 tenants, keys added: 8\n");
    cluster("science", "more");

    Ran ran = Ran.run("secrets", "tenants", tenants, cluster);

    assertThat(ran.out().lines())
        .hasSize(9)
        .contains(
            "added MORE_PODS_ACCESS_KEY_ID",
            "kept ART_PODS_ACCESS_KEY_ID: no tenant's any more; remove the line after `bucket apply`");
    assertThat(Ran.run("secrets", "tenants", "-q", tenants, cluster).out()).isEmpty();
  }

  /** So that the installation page can be typed as it stands. */
  @Test
  void aClusterWithoutTenantsHasAFileWithoutKeys() throws IOException {
    Files.writeString(Path.of(cluster), ClusterYaml.exampleText());
    assertThat(Ran.run("secrets", "tenants", tenants, cluster).out())
        .isEqualTo(tenants + ": 0 tenants, keys added: 0\n");
    Ran with = Ran.run("secrets", "manifest", secrets, cluster, "--tenants", tenants);
    assertThat(with.code()).as(with.err()).isZero();
    assertThat(with.out()).isEqualTo(Ran.run("secrets", "manifest", secrets, cluster).out());

    cluster("science");
    assertThat(Ran.run("secrets", "tenants", tenants, cluster).out())
        .endsWith(tenants + ": 1 tenants, keys added: 4\n");
  }

  @Test
  void aTenantsPodsGetKeysOfTheirOwn() throws IOException {
    Ran without = Ran.run("secrets", "manifest", secrets, cluster);
    assertThat(without.code()).isEqualTo(1);
    assertThat(without.err())
        .isEqualTo(
            "%s tenants: names science, art, but --tenants names no file with their keys; run: appliance secrets tenants tenants.env %1$s\n"
                .formatted(cluster));
    Files.writeString(
        Path.of(tenants),
        """
        SCIENCE_PUBLISH_ACCESS_KEY_ID=SP1
        SCIENCE_PUBLISH_SECRET_ACCESS_KEY=science-publish
        SCIENCE_PODS_ACCESS_KEY_ID=SP2
        SCIENCE_PODS_SECRET_ACCESS_KEY=science-pods
        """);
    assertThat(Ran.run("secrets", "manifest", secrets, cluster, "--tenants", tenants).err())
        .startsWith(tenants + ": has no ART_PUBLISH_ACCESS_KEY_ID, ");
    cluster("science");

    Ran ran = Ran.run("secrets", "manifest", secrets, cluster, "--tenants", tenants);

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().substring(ran.out().indexOf("homelab-airflow-tenant-science-s3") - 300))
        .contains(
            "namespace: airflow",
            "aws_access_key_id: " + base64("SP2"),
            "aws_secret_access_key: " + base64("science-pods"),
            "connection: " + base64("s3://SP2:science-pods@/").substring(0, 30));
    assertThat(ran.out()).doesNotContain(base64("science-publish"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void forOtherServersThePoliciesArePrinted() {
    Ran ran = Ran.run("bucket", "apply", cluster, "--print");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains(
            "# homelab.airflow.nodes (s3/nodes.json) -> secrets.env: S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY\n{",
            "# homelab.airflow.art.pods (s3/art-pods.json) -> tenants.env: ART_PODS_ACCESS_KEY_ID, ART_PODS_SECRET_ACCESS_KEY\n{",
            "arn:aws:s3:::airflow/dags/art/*")
        .doesNotContain("admin:");
  }

  @Test
  void withoutSecretsNothingIsDone() {
    assertThat(Ran.run("bucket", "apply", cluster).code()).isEqualTo(2);
    assertThat(Ran.run("bucket", "apply", cluster, "--print", "--secrets", secrets).code())
        .isEqualTo(2);
  }

  /** What would be given to MinIO is what a node takes. */
  @Test
  void theNodesKeysAreTakenAsTheCheckOfSecretsWantsThem() throws IOException {
    String good = Files.readString(Path.of(secrets));
    for (String[] each :
        new String[][] {
          {"S3_ACCESS_KEY_ID=NODES", "S3_ACCESS_KEY_ID=NO:DES", ": holds a colon"},
          {
            "S3_ACCESS_KEY_ID=NODES",
            "S3_ACCESS_KEY_ID=A\nS3_ACCESS_KEY_ID=B",
            ": stands here twice"
          },
          {"KEY=nodes-secret", "KEY=\"nodes-secret", ": has no closing quote"},
          {"S3_ACCESS_KEY_ID=NODES", "S3_ACCESS_KEY_ID=", ": is empty; fill it in"}
        }) {
      Files.writeString(Path.of(secrets), good.replace(each[0], each[1]));
      Ran ran = Ran.run("bucket", "prepare", cluster, "--secrets", secrets);
      assertThat(ran.code()).isEqualTo(1);
      // that others are empty is no matter of the bucket
      assertThat(ran.err().lines()).singleElement().asString().contains("S3_", each[2]);
    }
  }

  @Test
  void theAdministratorsKeysComeFromTheEnvironmentOnly() {
    assertThat(
            BucketApplyCommand.administrator(
                    Map.of("MINIO_ROOT_USER", "root", "MINIO_ROOT_PASSWORD", "pass"))
                .id())
        .isEqualTo("root");
    assertThatThrownBy(() -> BucketApplyCommand.administrator(Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "MINIO_ROOT_USER: is not set; put an administrator's key of the object store into it\n"
                + "MINIO_ROOT_PASSWORD: is not set; put an administrator's key of the object store into it");
  }
}

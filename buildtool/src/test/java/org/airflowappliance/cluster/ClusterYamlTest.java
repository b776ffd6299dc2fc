package org.airflowappliance.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterYamlTest {
  private static final List<String> VERSIONS = List.of("2.2.5");
  private static final Path CA = Path.of("src/test/resources/org/airflowappliance/cluster");

  @Test
  void theExampleIsTheSeedsCluster() {
    Cluster cluster = ClusterYaml.example(VERSIONS);

    assertThat(cluster.name()).isEqualTo("homelab");
    assertThat(cluster.release()).isEqualTo(1);
    assertThat(cluster.airflowVersion()).isEqualTo("2.2.5");
    assertThat(cluster.timeZone().getId()).isEqualTo("Asia/Seoul");
    assertThat(cluster.airflowConfig()).isEqualTo(Map.of("core", Map.of("parallelism", "64")));
    assertThat(cluster.loadBalancer().url()).hasToString("http://192.168.11.31:8080");
    assertThat(cluster.loadBalancer().tlsKey()).isEmpty();
    assertThat(cluster.kubernetes().namespace()).isEqualTo("airflow");
    assertThat(cluster.kubernetes().minimumVersion()).isEqualTo("1.29");
    assertThat(cluster.workers().egress())
        .containsExactly(new Cluster.Egress("192.168.11.0/24", List.of(80, 443)));
    assertThat(cluster.provisioning().rootSshKeys()).hasSize(1);
    assertThat(cluster.caFile()).isEmpty();
    assertThat(cluster.tenants()).isEmpty();
  }

  @Test
  void theExamplesNodesAreTheSeeds() {
    List<Cluster.Node> nodes = ClusterYaml.example(VERSIONS).nodes();

    assertThat(nodes)
        .extracting(Cluster.Node::name, Cluster.Node::address)
        .hasToString(
            "[(\"airflow1\", \"10.0.0.120\"), (\"airflow2\", \"10.0.0.121\"),"
                + " (\"airflow3\", \"10.0.0.122\")]");
    assertThat(nodes).allMatch(n -> n.vcpu() == 3 && n.memoryGiB() == 8 && n.diskGiB() == 50);
  }

  @Test
  void theExamplesObjectStoreIsTheSeeds() {
    assertThat(ClusterYaml.example(VERSIONS).objectStore())
        .isEqualTo(
            new Cluster.ObjectStore(
                URI.create("http://192.168.11.4:9000"),
                "us-east-1",
                "airflow",
                "dags",
                "logs",
                true,
                List.of()));
  }

  @Test
  void theExamplesRolesKeepTheirOrder() {
    assertThat(ClusterYaml.example(VERSIONS).oidc().roles())
        .hasToString(
            "{airflow_admin=Admin, airflow_op=Op, airflow_user=User, airflow_viewer=Viewer,"
                + " airflow_public=Public}");
  }

  @Test
  void whatIsLeftOutHasTheSchemasDefault() {
    Cluster cluster =
        read(
            """
            -  port: 5432
            @@
            -  sslmode: prefer
            @@
            -  region: us-east-1
            @@
            -  dagPrefix: dags
            -  logPrefix: logs
            @@
            -  pathStyle: true
            @@
            -  sessionMinutes: 480
            @@
            -  machines: {}
            @@
            -  basicAuth: false
            @@
            -  namespace: airflow
            @@
            -  minimumVersion: "1.29"
            @@
            -tenants: []
            """);

    assertThat(cluster).isEqualTo(ClusterYaml.example(VERSIONS));
  }

  @Test
  void serversReachTheIssuerItselfWhenNothingElseIsSaid() {
    Cluster cluster = read("-  serverUrl: http://192.168.11.2:8080/realms/airflow # CHANGE\n");

    assertThat(cluster.oidc().serverUrl()).isEqualTo(cluster.oidc().issuer());
  }

  @Test
  void aTenantHasWhatItIsNotGivenFromTheWorkersAndItsName() {
    Cluster cluster =
        read(
            """
            -tenants: []
            +tenants:
            +  - name: science
            +    roles: {airflow_science: User, airflow_science_guest: Viewer}
            +    quota: {cpu: 16, memory: 64Gi, pods: 40, resources: {nvidia.com/gpu: 2}}
            +    worker: {memoryRequest: 1Gi}
            """);

    assertThat(cluster.tenants())
        .containsExactly(
            new Tenant(
                "science",
                Map.of("airflow_science", "User", "airflow_science_guest", "Viewer"),
                "science",
                new Tenant.Quota("16", "64Gi", 40, Map.of("nvidia.com/gpu", 2)),
                40,
                16,
                new Cluster.Workers("250m", "1Gi", "2", "4Gi", List.of()),
                Optional.empty(),
                List.of()));
  }

  @Test
  void machinesAreClientsWithARole() {
    Cluster.Oidc oidc =
        read("""
                -  sessionMinutes: 480
                +  sessionMinutes: 30
                @@
                -  machines: {}
                +  machines: {ci: User, backup.nightly: Viewer}
                @@
                -  basicAuth: false
                +  basicAuth: true
                """)
            .oidc();

    assertThat(oidc.machines()).hasToString("{ci=User, backup.nightly=Viewer}");
    assertThat(oidc.sessionMinutes()).isEqualTo(30);
    assertThat(oidc.basicAuth()).isTrue();
  }

  @Test
  void settingsBecomeTheTextsThatAirflowReads() {
    Cluster cluster =
        read(
            """
            -      parallelism: 64
            +      load_examples: true
            +      donot_pickle: False
            +      parallelism: 0x10
            +      dag_file_processor_timeout: 1.50
            +      default_pool: "7"
            """);

    assertThat(cluster.airflowConfig().get("core"))
        .hasToString(
            "{load_examples=True, donot_pickle=False, parallelism=16,"
                + " dag_file_processor_timeout=1.50, default_pool=7}");
  }

  @Test
  void certificateAuthoritiesAreReadBesideTheFile() throws IOException {
    Cluster cluster = read("-  sslmode: prefer\n+  sslmode: verify-full\n+  ca: site-ca.pem\n");

    assertThat(cluster.database().ca())
        .isEqualTo(
            Optional.of(
                new Cluster.CaFile("site-ca.pem", Files.readString(CA.resolve("site-ca.pem")))));
  }

  @Test
  void nodesAnswerTlsWhenTheAddressIsHttps() {
    Cluster cluster =
        read(
            """
            -  url: http://192.168.11.31:8080
            +  url: https://airflow.example
            +  tls: {certificate: /etc/pki/airflow.pem, key: /etc/pki/airflow.key}
            """);

    assertThat(cluster.loadBalancer().tlsCertificate()).contains("/etc/pki/airflow.pem");
    assertThat(cluster.loadBalancer().tlsKey()).contains("/etc/pki/airflow.key");
  }

  @Test
  void formsAreMadeOne() {
    Cluster cluster =
        read(
            """
            -    mac: "52:54:00:0a:00:7a" # CHANGE
            +    mac: 52:54:00:0A:00:7A
            @@
            -  url: http://192.168.11.5/airflow # CHANGE
            +  url: http://192.168.11.5/airflow/
            @@
            -  cpuLimit: "2"
            +  cpuLimit: 2
            """);

    assertThat(cluster).isEqualTo(ClusterYaml.example(VERSIONS));
  }

  @Test
  void aliasesMayShareValues() {
    Cluster cluster =
        read(
            """
            -    vcpu: 3
            -    memoryGiB: 8
            -  - name: airflow2
            +    vcpu: &vcpu 3
            +    memoryGiB: 8
            +  - name: airflow2
            @@
            -    vcpu: 3
            -    memoryGiB: 8
            -  - name: airflow3
            +    vcpu: *vcpu
            +    memoryGiB: 8
            +  - name: airflow3
            """);

    assertThat(cluster).isEqualTo(ClusterYaml.example(VERSIONS));
  }

  @Test
  void aByteOrderMarkIsNoProblem() {
    byte[] text = ("\uFEFF" + ClusterYaml.exampleText()).getBytes(UTF_8);

    assertThat(ClusterYaml.read("homelab.yaml", text, CA, VERSIONS))
        .isEqualTo(ClusterYaml.example(VERSIONS));
  }

  @Test
  void linesMayEndAsOnWindows(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("homelab.yaml");
    Files.writeString(file, ClusterYaml.exampleText().replace("\n", "\r\n"));

    assertThat(ClusterYaml.read(file, VERSIONS)).isEqualTo(ClusterYaml.example(VERSIONS));
  }

  @Test
  void theSchemaSaysItsDialect() {
    assertThat(ClusterYaml.schema()).contains("https://json-schema.org/draft/2020-12/schema");
  }

  @Test
  void recordsGuardAgainstOtherCallers() {
    assertThatThrownBy(() -> new Cluster.Egress("10.0.0.0/8", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ports");
  }

  private static Cluster read(String edit) {
    String text = new Edit(edit).apply(ClusterYaml.exampleText());
    return ClusterYaml.read("homelab.yaml", text.getBytes(UTF_8), CA, VERSIONS);
  }
}

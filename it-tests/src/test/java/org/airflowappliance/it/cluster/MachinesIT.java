package org.airflowappliance.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.ClusterExtension;
import org.airflowappliance.it.site.Machine;
import org.airflowappliance.it.site.SignInSteps;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Machines at the REST API, with tokens that the real identity provider made for them. */
@Order(17)
@Tag("cluster")
@ResourceLock("airflow-ci")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MachinesIT {
  private Cluster cluster;
  private Machine machine;

  @BeforeAll
  void machine(Cluster cluster) {
    this.cluster = cluster;
    machine = cluster.machine("airflow-ci");
  }

  @Test
  void hasTheRoleOfTheClusterFile() {
    String token = machine.token();
    assertThat(machine.get("/api/v1/dags", token).statusCode()).isEqualTo(200);
    assertThat(machine.get("/api/v1/connections", token).statusCode()).isEqualTo(200);
    assertThat(machine.get("/api/v1/users", token).statusCode())
        .as("Op is no Admin")
        .isEqualTo(403);
  }

  @Test
  void opensNoPageAndMakesNoSession() {
    HttpResponse<String> page = machine.get("/home", machine.token());
    assertThat(page.statusCode()).isEqualTo(302);
    assertThat(machine.get("/api/v1/dags", machine.token()).headers().firstValue("Set-Cookie"))
        .isEmpty();
  }

  @Test
  void aChangedTokenIsRefused() {
    String token = machine.token();
    HttpResponse<String> answer =
        machine.get("/api/v1/dags", token.substring(0, token.length() - 4) + "AAAA");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("invalid_token");
    assertThat(reason(answer)).startsWith("signature: BadSignatureError");
  }

  @Test
  void aMachineThatIsNotInTheClusterFileIsRefused() {
    cluster.people().addMachine("stranger");
    HttpResponse<String> answer = machine.get("/api/v1/dags", cluster.machine("stranger").token());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(reason(answer)).startsWith("azp: 'stranger' is no client that cluster.yaml lists");
  }

  @Test
  void aTokenOfAPersonIsRefused() {
    cluster.people().add("peter", "airflow_admin");
    String token = machine.tokenOf("peter", cluster.people().password());
    HttpResponse<String> answer = machine.get("/api/v1/dags", token);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(reason(answer)).startsWith("client_id: is None, must be 'airflow-ci' as azp is");
  }

  private String reason(HttpResponse<String> answer) {
    return cluster.reason(answer.headers().firstValue("WWW-Authenticate").orElse(""));
  }

  @Test
  void nobodyIsLetInWithoutCredentials() {
    SignInSteps browser = cluster.steps();
    assertThat(browser.get(cluster.balancer().url() + "/api/v1/dags").statusCode()).isEqualTo(401);
  }
}

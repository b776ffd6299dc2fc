package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.Goldens;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.TextFile;
import org.junit.jupiter.api.Test;

/** The policies of a release. */
class PolicyFilesTest {
  private static Map<String, String> texts(Blueprint blueprint) {
    Map<String, String> texts = new HashMap<>();
    new PolicyFiles()
        .plan(blueprint, List.of())
        .forEach(each -> texts.put(each.path().value(), ((TextFile) each).text()));
    return texts;
  }

  @Test
  void theExampleIsTheGolden() throws IOException {
    new Goldens("homelab").compare("s3", texts(Blueprints.example()));
  }

  @Test
  void eachTenantHasTwoMore() throws IOException {
    new Goldens("tenants")
        .compare("s3", texts(Blueprints.of("http://192.168.11.4:9000", Blueprints.TWO)));
  }

  @Test
  void noPolicyOfATenantReachesTheOther() {
    AccessPolicies all =
        AccessPolicies.of(Blueprints.of("http://192.168.11.4:9000", Blueprints.TWO));

    assertThat(all.tenants()).extracting(AccessPolicy::name).allMatch(name -> name.length() < 60);
    assertThat(all.tenants().get(0).json()).contains("/dags/sci/*").doesNotContain("two");
    assertThat(all.tenants().get(1).json()).contains("/logs/sci__*").doesNotContain("two");
    assertThat(all.tenants().get(3).json())
        .contains("/dags/teams/two/*", "/logs/sci-two__*")
        .doesNotContain("sci__", "dags/sci");
  }
}

package org.airflowappliance.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.airflowappliance.cluster.TenantRole;
import org.junit.jupiter.api.Test;

class PolicyNamesTest {
  private final PolicyNames names = new PolicyNames("home");

  @Test
  void aPolicySaysItsTenant() {
    assertThat(names.tenant(names.of("sci-two", TenantRole.PODS))).contains("sci-two");
    assertThat(names.tenant(names.nodes())).isEmpty();
    assertThat(names.tenant("readwrite")).isEmpty();
  }

  @Test
  void noClusterTakesAnothersForItsOwn() {
    for (String other : new String[] {"home-two", "hom", "home-airflow", "airflow"}) {
      PolicyNames theirs = new PolicyNames(other);
      assertThat(names.isOwn(theirs.of("home", TenantRole.PODS))).as(other).isFalse();
      assertThat(names.isOwn(theirs.nodes())).as(other).isFalse();
    }
    assertThat(names.isOwn(names.everyKey())).isTrue();
  }
}

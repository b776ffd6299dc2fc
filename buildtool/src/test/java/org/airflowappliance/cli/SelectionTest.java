package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.airflowappliance.Appliance;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Plan;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private final Blueprint blueprint = new AnyCluster().blueprint();
  private final Plan whole = Plan.of(blueprint, Appliance.sections());

  private Set<String> kinds(String... only) {
    return Selection.of(whole, List.of(only), blueprint).artifacts().stream()
        .map(Artifact::kind)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void withoutOnlyItIsThePlan() {
    assertThat(Selection.of(whole, List.of(), blueprint)).isSameAs(whole);
  }

  @Test
  void aSectionComesWithTheIndexAndTheChecksumsButNotWithLaterOnes() {
    assertThat(kinds("rpm")).contains("rpm", "index").doesNotContain("repodata", "repo-file");
  }

  @Test
  void aSectionComesWithThoseThatItReads() {
    assertThat(kinds("repository")).contains("rpm", "repodata", "index");
  }

  @Test
  void anUnknownSectionIsTheUsersError() {
    assertThatThrownBy(() -> kinds("rpm", "deb", "ebuild"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("--only: there is no section deb, ebuild; known are ")
        .hasMessageContaining("repository");
  }
}

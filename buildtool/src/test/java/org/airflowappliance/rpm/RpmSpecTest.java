package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.junit.jupiter.api.Test;

final class RpmSpecTest {
  @Test
  void fileNameFollowsRpm() {
    assertThat(Specs.command().fileName()).isEqualTo("airflow-1.5-2.el8.x86_64.rpm");
  }

  @Test
  void impossiblePartsAreRefused() {
    assertThatThrownBy(() -> Specs.spec("air flow", "noarch", FileTree.empty(), Map.of()))
        .hasMessageStartingWith("the package's name 'air flow' is not of the form ");
    assertThatThrownBy(() -> Specs.spec("airflow", "sparc", FileTree.empty(), Map.of()))
        .hasMessage("the package's arch 'sparc' is not of the form noarch|x86_64");
  }

  @Test
  void dependenciesAreRead() {
    assertThat(Dependency.parse(" systemd ")).isEqualTo(new Dependency("systemd", "", ""));
    assertThat(Dependency.parse("a >= 1:2-3")).isEqualTo(new Dependency("a", ">=", "1:2-3"));
  }

  @Test
  void brokenDependenciesAreRefused() {
    for (String broken : new String[] {"a 1", "a == 1", "a = 1 2", "a > 1 or b"}) {
      assertThatThrownBy(() -> Dependency.parse(broken))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + broken + "' is not a dependency");
    }
  }
}

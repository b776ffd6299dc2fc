package org.airflowappliance.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private record Planned(ReleasePath path, List<ReleasePath> inputs) implements Artifact {
    static Planned of(String path, String... inputs) {
      return new Planned(
          new ReleasePath(path), Arrays.stream(inputs).map(ReleasePath::new).toList());
    }

    @Override
    public String kind() {
      return "text";
    }

    @Override
    public String recipe() {
      return "";
    }

    @Override
    public void write(Path target, Workbench workbench) {
      throw new UnsupportedOperationException("only planned");
    }
  }

  @Test
  void inputsStandBeforeWhatReadsThem() {
    assertThatNoException()
        .isThrownBy(() -> new Plan(List.of(Planned.of("a"), Planned.of("b", "a"))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Plan(List.of(Planned.of("b", "a"), Planned.of("a"))))
        .withMessageContaining("b: its input a");
  }

  @Test
  void onePathIsPlannedOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Plan(List.of(Planned.of("a"), Planned.of("a"))));
  }

  @Test
  void aPathStaysInTheRelease() {
    for (String path : List.of("", "/a", "../a", "a/../b", "a//b", "a b", "a/.")) {
      assertThatIllegalArgumentException().as(path).isThrownBy(() -> new ReleasePath(path));
    }
  }

  @Test
  void anInstanceOwnsItsOwnPaths() {
    assertThat(new Instance("blue").dags()).isEqualTo("/opt/airflow/instances/blue/dags");
    assertThatIllegalArgumentException().isThrownBy(() -> new Instance("../x"));
  }
}

package org.airflowappliance.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RelationTest {
  @Test
  void readsAlternativesRangesAndQualifiers() {
    assertThat(Relation.parse("a (>= 1:2.0-1) , b|c(<<3), python3:any, libc6:i386 | d,"))
        .isEqualTo(
            List.of(
                List.of(new Relation("a", ">=", "1:2.0-1")),
                List.of(new Relation("b", "", ""), new Relation("c", "<<", "3")),
                List.of(new Relation("python3", "", "")),
                List.of(new Relation("d", "", ""))));
    assertThat(Relation.parse("")).isEmpty();
  }

  @Test
  void holdsInItsRange() {
    assertThat(range("<< 2").holds("2")).isFalse();
    assertThat(range("<= 2").holds("2")).isTrue();
    assertThat(range("= 2").holds("2.0")).isFalse();
    assertThat(range(">= 2").holds("2")).isTrue();
    assertThat(range(">> 2").holds("2")).isFalse();
    assertThat(range(">> 2").holds("2.1")).isTrue();
  }

  @Test
  void whatIsProvidedWithoutAVersionIsInNoRange() {
    assertThat(new Relation("a", "", "").meets(new Relation("a", "", ""))).isTrue();
    assertThat(range(">= 2").meets(new Relation("a", "", ""))).isFalse();
    assertThat(range(">= 2").meets(new Relation("a", "=", "3"))).isTrue();
    assertThat(range(">= 2").meets(new Relation("a", "=", "1"))).isFalse();
  }

  @Test
  void refusesWhatIsNoDependency() {
    for (String wrong : List.of("a (2)", "a >= 2", "A", "a (> 2)")) {
      assertThatThrownBy(() -> Relation.parse(wrong)).hasMessageContaining("'" + wrong + "'");
    }
  }

  private static Relation range(String bound) {
    return Relation.parse("a (" + bound + ")").get(0).get(0);
  }
}

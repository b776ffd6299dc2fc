package org.airflowappliance.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
  @Test
  void holesAreFilledWithTheValuesAsTheyAre() {
    assertThat(new Template("a", "x={{x}} {{ y }}").fill(Map.of("x", "$1\\", "y", "{{x}}")))
        .isEqualTo("x=$1\\ {{x}}");
  }

  @Test
  void onlyWhatIsAskedForDecidesTheText() {
    assertThat(new Template("a", "{{b}} {{a}}").asked(Map.of("c", "3", "b", "2", "a", "1")))
        .hasToString("{a=1, b=2}");
  }

  @Test
  void everyUnknownNameIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Template("rpm/a", "{{b}}{{c}}{{a}}").fill(Map.of("a", "")))
        .withMessage(
            "rpm/a: no value for [b, c]; correct the name or write another, known are [a]");
  }
}

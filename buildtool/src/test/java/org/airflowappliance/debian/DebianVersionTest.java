package org.airflowappliance.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebianVersionTest {
  /** Each line was put to {@code dpkg --compare-versions}. */
  @ParameterizedTest
  @CsvSource({
    "1.0, =, 1.0",
    "1.0, <, 1.1",
    "1.9, <, 1.10",
    "1.0~rc1, <, 1.0",
    "1.0~~, <, 1.0~",
    "1.0~, <, 1.0~a",
    "1.0, <, 1.0a",
    "1.0a, <, 1.0+",
    "1.0+b1, <, 1.0.1",
    "1.0-1, <, 1.0-1+b1",
    "1.0-1, <, 1.0-1.1",
    "1.0, =, 1.0-0",
    "1.0-2, <, 1.0-10",
    "2.0, <, 1:1.0",
    "0:1.0, =, 1.0",
    "1:1.0, <, 2:0.1",
    "1.2-3-1, >, 1.2-2-9",
    "1.001, =, 1.1",
    "1.0-1~deb11u1, <, 1.0-1",
    "1.1.1w-0+deb11u1, >, 1.1.1n-0+deb11u5",
    "5.2.5-2.1~deb11u1, <, 5.2.5-2.1",
    "1:1.2.11.dfsg-2+deb11u2, >, 1:1.2.11.dfsg-2",
    "6.2+20201114-2+deb11u2, >, 6.2",
    "99999999999999999999, <, 100000000000000000000",
    "a, <, b",
    "1.0Z, <, 1.0a"
  })
  void ordersAsDpkgDoes(String left, String order, String right) {
    int expected = List.of("<", "=", ">").indexOf(order) - 1;
    DebianVersion one = new DebianVersion(left);
    DebianVersion other = new DebianVersion(right);
    assertThat(Integer.signum(one.compareTo(other))).isEqualTo(expected);
    assertThat(Integer.signum(other.compareTo(one))).isEqualTo(-expected);
  }

  @Test
  void refusesWhatIsNoVersion() {
    for (String wrong : List.of("", "1 0", "1_0", "x:1", "1.0/2")) {
      assertThatThrownBy(() -> new DebianVersion(wrong)).hasMessageContaining("'" + wrong + "'");
    }
  }
}

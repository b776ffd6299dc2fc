package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochTest {
  @Test
  void isWhatThirtyTwoBitsHold() {
    assertThat(Common.epoch("0")).contains(Instant.EPOCH);
    assertThat(Common.epoch("4294967295")).contains(Instant.ofEpochSecond(4294967295L));
    assertThat(Common.epoch("")).isEmpty();
    assertThat(Common.epoch(null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-5", "4294967296", "99999999999999999", "99999999999999999999", "1e3", "x"})
  void anythingElseIsTheUsersError(String seconds) {
    assertThatThrownBy(() -> Common.epoch(seconds))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "SOURCE_DATE_EPOCH: '"
                + seconds
                + "' is not a number of seconds since 1970 from 0 to 4294967295; correct or unset it");
  }
}

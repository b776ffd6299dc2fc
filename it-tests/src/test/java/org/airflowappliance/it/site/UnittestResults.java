package org.airflowappliance.it.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;

/** Tests of Python's unittest as tests of JUnit. */
public final class UnittestResults {
  private static final Pattern RESULT =
      Pattern.compile("(?m)^(\\S+) \\((\\S+)\\)(?:\\n.*?)? \\.\\.\\. (ok|FAIL|ERROR|skipped.*)$");

  private UnittestResults() {}

  /** One for each test of a run with {@code -v}, and one for the run as a whole. */
  public static List<DynamicTest> of(Program ran) {
    List<DynamicTest> tests = new ArrayList<>();
    Matcher results = RESULT.matcher(ran.err());
    while (results.find()) {
      String outcome = results.group(3);
      tests.add(
          DynamicTest.dynamicTest(
              results.group(2) + "." + results.group(1),
              () -> assertThat(outcome).isEqualTo("ok")));
    }
    int found = tests.size();
    tests.add(
        DynamicTest.dynamicTest(
            "the run as a whole",
            () -> {
              assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
              assertThat(found).as("tests in " + ran.out() + ran.err()).isPositive();
            }));
    return tests;
  }
}

package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.it.site.OwnDatabase;
import org.airflowappliance.it.site.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Promise: a thousand DAGs of ten teams are no burden for the page that everybody opens. */
@Execution(ExecutionMode.CONCURRENT)
final class ManyDagsIT {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final Duration PAGE = Duration.ofSeconds(1);
  private static final Duration POLICY = Duration.ofMillis(1);
  private static final Pattern MEASURED = Pattern.compile("(?m)^measured: (.*) ([0-9.]+) (s|ms)$");

  @Test
  void theHomePageAnswersWithinASecond() throws IOException {
    ShippedPython shipped = ShippedPython.unpacked();
    Map<String, Duration> measured = new TreeMap<>();
    try (OwnDatabase database = new OwnDatabase()) {
      ProcessBuilder tests = shipped.tests("many_dags");
      tests.environment().put("LAB_DATABASE", database.url());
      Program ran = Program.attempt(LIMIT, tests);
      assertThat(ran.code()).as(ran.err()).isZero();
      Files.writeString(Tool.ROOT.resolve("it-tests/target/many-dags.txt"), ran.out());
      Matcher line = MEASURED.matcher(ran.out());
      while (line.find()) {
        double millis = Double.parseDouble(line.group(2)) * (line.group(3).equals("s") ? 1000 : 1);
        measured.put(line.group(1), Duration.ofNanos(Math.round(millis * 1_000_000)));
      }
      System.out.print(ran.out());
    }
    assertThat(measured).hasSize(6);
    measured.forEach(
        (what, took) -> {
          if (what.startsWith("home page ")) {
            assertThat(took).as(what).isLessThan(PAGE);
          }
        });
    assertThat(measured.get("policy of a DAG")).isLessThan(POLICY);
  }
}

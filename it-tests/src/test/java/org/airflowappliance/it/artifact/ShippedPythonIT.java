package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.OwnDatabase;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.UnittestResults;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: the shipped Python holds its tests inside the very packages that the RPM carries; every
 * extra can be imported.
 */
@Execution(ExecutionMode.CONCURRENT)
class ShippedPythonIT {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  @TempDir static Path folder;

  private static ShippedPython shipped;

  @BeforeAll
  static void unpack() throws IOException {
    shipped = ShippedPython.unpacked();
  }

  // all tests in four runs, as much of their time is waiting

  @TestFactory
  List<DynamicTest> testsOfDags() throws IOException {
    return run("dags", "test_d*.py");
  }

  @TestFactory
  List<DynamicTest> testsOfPods() throws IOException {
    return run("pods", "test_p*.py");
  }

  @TestFactory
  List<DynamicTest> testsOfWorkers() throws IOException {
    return run("workers", "test_w*.py");
  }

  @TestFactory
  List<DynamicTest> allOtherTests() throws IOException {
    return run("others", "test_[!dpw]*.py");
  }

  private static List<DynamicTest> run(String name, String files) throws IOException {
    Program ran =
        Program.attempt(
            LIMIT,
            shipped.tests(
                "discover",
                "--verbose",
                "--start-directory",
                ".",
                "--top-level-directory",
                ".",
                "--pattern",
                files));
    Files.writeString(
        Files.createDirectories(Folders.target()).resolve("shipped-python-" + name + ".log"),
        ran.out() + ran.err());
    return UnittestResults.of(ran);
  }

  /** Those about rows that somebody holds. */
  @TestFactory
  List<DynamicTest> testsThatNeedPostgresql() throws IOException {
    try (OwnDatabase database = new OwnDatabase()) {
      ProcessBuilder tests = shipped.tests("--verbose", "rows_held");
      tests.environment().put("LAB_DATABASE", database.url());
      return UnittestResults.of(Program.attempt(LIMIT, tests));
    }
  }

  @Test
  void everyExtrasProviderCanBeImported() throws IOException {
    String imports = Files.readString(Tool.ROOT.resolve("it-tests/src/test/resources/extras.py"));
    ProcessBuilder builder = shipped.run("-c", imports);
    builder
        .environment()
        .put("AIRFLOW_HOME", Files.createDirectories(folder.resolve("home")).toString());
    Program ran = Program.attempt(LIMIT, builder);
    assertThat(ran.code()).as(ran.err()).isZero();
  }
}

package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;

/**
 * The Python code that the RPM carries, with the interpreter that compiled it.
 *
 * @param site Airflow's packages, out of the RPM
 * @param python the folder of the interpreter
 */
record ShippedPython(Path site, Path python) {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static ShippedPython unpacked;

  /** Out of the example release's RPM, unpacked once for all tests, which leave it as it is. */
  static synchronized ShippedPython unpacked() throws IOException {
    if (unpacked == null) {
      unpacked = unpack(Folders.target().resolve("shipped-python"));
    }
    return unpacked;
  }

  private static ShippedPython unpack(Path folder) throws IOException {
    Path code = Tool.example().resolve("rpm/airflow-2.2.5-1.el8.x86_64.rpm");
    String fresh = "rm -rf '%1$s' && mkdir -p '%1$s' && cd '%1$s'".formatted(folder);
    Program.run(LIMIT, "sh", "-c", fresh + " && rpm2cpio '" + code + "' | cpio -idm --quiet");
    try (Stream<Path> derived = Files.list(Folders.cache().resolve("derived"))) {
      return new ShippedPython(
          folder.resolve("usr/lib/airflow/lib/python3.9/site-packages"),
          derived
              .filter(each -> each.getFileName().toString().startsWith("python3.9-"))
              .max(Path::compareTo)
              .orElseThrow());
    }
  }

  /** The interpreter with these packages. */
  ProcessBuilder run(String... arguments) {
    ProcessBuilder builder = builder(interpreter(), arguments);
    builder.environment().put("PYTHONPATH", site.toString());
    return builder;
  }

  /** The runner of the shipped code's tests. */
  ProcessBuilder tests(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("--python", interpreter(), "--site", site.toString()));
    all.addAll(List.of(arguments));
    return builder(
        Tool.ROOT.resolve("rpm/airflow/tests/run").toString(), all.toArray(String[]::new));
  }

  private String interpreter() {
    return python.resolve("usr/bin/python3.9").toString();
  }

  private ProcessBuilder builder(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .put(
            "LD_LIBRARY_PATH",
            python.resolve("usr/lib/x86_64-linux-gnu")
                + ":"
                + python.resolve("lib/x86_64-linux-gnu"));
    return builder;
  }
}

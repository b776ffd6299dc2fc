package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.program.Command;

/**
 * The locked site-packages of an Airflow line with bytecode; shared by the RPM and the image.
 *
 * @param line the Airflow line
 */
public record SitePackages(AirflowLine line) implements Derived {
  /** Wheels for a C library no newer than EL8's, whatever this machine has. */
  static final String PLATFORM = "x86_64-manylinux_2_28";

  /** 1980, the earliest time that a wheel, being a zip file, can hold. */
  private static final String EARLIEST = "315532800";

  /** More folders than Python packages put into each other. */
  private static final int DEEP = 64;

  @Override
  public String name() {
    return "site-packages-" + line.version();
  }

  @Override
  public String recipe() {
    return new Fingerprint()
        .add("site-packages 3", PLATFORM, line.requirements(), line.buildRequirements())
        .add(new Uv(line.tools()).recipe(), PythonInterpreter.of(line).recipe(), path(line))
        .hex();
  }

  /** Where the tree stands on a node and in the image; tracebacks name it. */
  public static String path(AirflowLine line) {
    return "/usr/lib/airflow/lib/python" + line.python() + "/site-packages";
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    PythonInterpreter interpreter = PythonInterpreter.of(line);
    Path python = workbench.derived(interpreter);
    Path uv = workbench.derived(new Uv(line.tools()));
    Path work = Files.createTempDirectory("appliance-site-packages-");
    try {
      long packages = line.requirements().lines().filter(row -> row.contains("==")).count();
      String what = "fetching and unpacking " + packages + " Python packages";
      workbench.progress(what, 0, 0);
      Watch watch = watch(folder, 1, ".dist-info", workbench, what, packages);
      try {
        install(folder, work, interpreter.lending(Uv.command(uv, workbench), python), python);
      } finally {
        watch.end();
      }
    } finally {
      Deletion.of(work);
    }
    new InstalledTree(folder).clean();
    String what = "compiling bytecode";
    workbench.progress(what, 0, 0);
    long sources = Watch.count(folder, DEEP, ".py");
    Watch watch = watch(folder, DEEP, ".pyc", workbench, what, sources);
    try {
      new Bytecode(interpreter, python).compile(folder, path(line));
    } finally {
      watch.end();
    }
  }

  private static Watch watch(
      Path folder, int depth, String suffix, Workbench workbench, String what, long total) {
    return new Watch(folder, depth, suffix, done -> workbench.counted(what, done, total));
  }

  private void install(Path folder, Path work, Command uv, Path python) throws IOException {
    Path requirements = Files.writeString(work.resolve("requirements.lock"), line.requirements());
    Path build = Files.writeString(work.resolve("build.lock"), line.buildRequirements());
    uv.with("pip", "install", "--target", folder.toString(), "-r", requirements.toString())
        .with("--python", python.resolve("usr/bin/python" + line.python()).toString())
        .with("--python-platform", PLATFORM, "--build-constraints", build.toString())
        .with("--require-hashes", "--no-deps", "--link-mode", "copy")
        .set("PYTHONHASHSEED", "0")
        .set("SOURCE_DATE_EPOCH", EARLIEST)
        .run(work);
  }
}

package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.LineSource;
import org.airflowappliance.plan.Workbench;

/**
 * Asks the package index which versions fit together now: the resolver behind {@code appliance
 * lock}.
 *
 * @param line the line as it is locked, whose package client and interpreter are used
 * @param workbench for both of them
 */
public record Requirements(AirflowLine line, Workbench workbench) {
  /** Texts of the lock files of Python packages. */
  public record Locks(String tools, String build, String requirements) {}

  /** Resolves all three anew. */
  public Locks resolve(LineSource source) throws IOException {
    Path work = Files.createTempDirectory("appliance-lock-");
    try {
      String tools = compile(work, "tools", source.tools(), List.of());
      List<String> until = List.of("--exclude-newer", source.excludeNewer());
      String build = compile(work, "build", source.buildRequirements(), until);
      List<String> built = new ArrayList<>(until);
      // what has no wheel is built to read its requirements: with what will build it later, too
      built.addAll(List.of("--build-constraints", work.resolve("build.lock").toString()));
      return new Locks(tools, build, compile(work, "requirements", source.requirements(), built));
    } finally {
      Deletion.of(work);
    }
  }

  private String compile(Path work, String name, String text, List<String> options)
      throws IOException {
    workbench.progress("resolving " + name + ".in", 0, 0);
    Path in = Files.writeString(work.resolve(name + ".in"), text);
    Path out = work.resolve(name + ".lock");
    PythonInterpreter interpreter = PythonInterpreter.of(line);
    Path python = workbench.derived(interpreter);
    interpreter
        .lending(Uv.command(workbench.derived(new Uv(line.tools())), workbench), python)
        .with("pip", "compile", in.toString(), "-o", out.toString(), "--generate-hashes")
        // nothing of this machine or of its index may stand in the lock
        .with("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
        .with("--python", python.resolve("usr/bin/python" + line.python()).toString())
        .with("--python-version", line.python(), "--python-platform", SitePackages.PLATFORM)
        .with(options.toArray(String[]::new))
        .run(work);
    return Files.readString(out);
  }
}

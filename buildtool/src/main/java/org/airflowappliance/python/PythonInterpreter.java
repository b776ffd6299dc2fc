package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.debian.DebPackage;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.program.Command;

/**
 * The line's Python from locked Debian packages, for compiling only. It runs on the host's own C
 * library, so that no root and no container is needed.
 */
public record PythonInterpreter(String python, List<Pin> pins) implements Derived {
  /** The interpreter of a line. */
  public static PythonInterpreter of(AirflowLine line) {
    return new PythonInterpreter(line.python(), line.interpreter());
  }

  @Override
  public String name() {
    return "python" + python;
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("interpreter 2", python);
    pins.forEach(pin -> all.add(pin.sha256()));
    return all.hex();
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    for (Pin pin : pins) {
      new DebPackage(workbench.pinned(pin)).unpack(folder);
    }
    try {
      command(folder, "-c", "import ctypes, hashlib, sqlite3, ssl, zlib").run(folder);
    } catch (StoreProblem problem) {
      throw new StoreProblem(
          "Python "
              + python
              + " of interpreter.lock does not run on this machine; it needs x86_64 Linux with the"
              + " GNU C library of Debian 11 or newer: "
              + problem.getMessage(),
          problem);
    }
  }

  /** A command of this interpreter, found in {@code folder}. */
  Command command(Path folder, String... arguments) {
    return lending(
        new Command(folder.resolve("usr/bin/python" + python).toString()).with(arguments), folder);
  }

  /**
   * Lets a program that starts this interpreter, found in {@code folder}, find its libraries. It
   * never keeps its own bytecode: what a process imported from sources and what from bytecode shows
   * in the references of what it compiles, and would depend on who ran it before.
   */
  Command lending(Command program, Path folder) {
    return program
        .set("PYTHONDONTWRITEBYTECODE", "1")
        .set(
            "LD_LIBRARY_PATH",
            folder.resolve("usr/lib/x86_64-linux-gnu")
                + ":"
                + folder.resolve("lib/x86_64-linux-gnu"));
  }
}

package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.program.Command;

/**
 * The package client uv at a locked version, in an environment of its own.
 *
 * @param lock text of {@code tools.lock}
 */
record Uv(String lock) implements Derived {
  @Override
  public String name() {
    return "uv";
  }

  @Override
  public String recipe() {
    return new Fingerprint().add("uv 2", lock).hex();
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    if (workbench.offline()) {
      throw new StoreProblem(
          "uv: is not in the cache, and --offline forbids to fetch it; run once without --offline");
    }
    Path work = Files.createTempDirectory("appliance-uv-");
    try {
      Path requirements = Files.writeString(work.resolve("tools.lock"), lock);
      new Command(pip(work))
          .with("install", "--quiet", "--disable-pip-version-check", "--require-hashes")
          .with("--no-deps", "--only-binary", ":all:", "--target", folder.toString())
          .with("-r", requirements.toString())
          .run(work);
    } finally {
      Deletion.of(work);
    }
  }

  /** A private pip: a distribution's own may be missing, or refuse to install. */
  private static String pip(Path work) throws IOException {
    Path venv = work.resolve("venv");
    try {
      new Command("python3").with("-m", "venv", venv.toString()).run(work);
    } catch (StoreProblem problem) {
      throw new StoreProblem(
          "python3 with its module venv is needed to install uv; on Debian: apt-get install"
              + " python3-venv. "
              + problem.getMessage(),
          problem);
    }
    return venv.resolve("bin/pip").toString();
  }

  /** A command of this uv, found in {@code folder}. */
  static Command command(Path folder, Workbench workbench) throws IOException {
    Command uv = new Command(folder.resolve("bin/uv").toString()).with("--quiet", "--no-progress");
    if (workbench.offline()) {
      uv.with("--offline");
    }
    return uv.set("UV_CACHE_DIR", workbench.clientCache("uv").toString())
        .set("UV_PYTHON_DOWNLOADS", "never");
  }
}

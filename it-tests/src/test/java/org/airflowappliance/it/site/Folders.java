package org.airflowappliance.it.site;

import java.nio.file.Path;

/** Where the tests read and write; Maven runs them in the module's folder. */
public final class Folders {
  private Folders() {}

  /** The module it-tests. */
  public static Path itTests() {
    return Path.of("").toAbsolutePath();
  }

  /** The project. */
  public static Path project() {
    return itTests().getParent();
  }

  /** What the tests of this process write; Maven's clean removes it. */
  public static Path target() {
    return itTests().resolve("target").resolve(System.getProperty("it.process", "it"));
  }

  /** What is to be read after failures, a folder for each. */
  static Path failures() {
    return itTests().resolve("target/failures");
  }

  /** The folder that downloads and derived files are cached in. */
  public static Path cache() {
    String own = System.getenv("APPLIANCE_CACHE");
    String users = System.getenv("XDG_CACHE_HOME");
    if (own != null && !own.isEmpty()) {
      return Path.of(own);
    }
    return users == null || users.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache/airflow-appliance")
        : Path.of(users, "airflow-appliance");
  }
}

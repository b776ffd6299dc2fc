package org.airflowappliance.rpm;

import java.util.List;
import java.util.Map;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.airflowappliance.rpm.RpmSpec.Script;

/** Packages that hold one of everything. */
public final class Specs {
  static final Owner AIRFLOW = new Owner("airflow", 50000, "users", 100);

  private Specs() {}

  /** A noarch package with every kind of file, flag and script. */
  public static RpmSpec full() {
    return spec("airflow-cluster-lab", "noarch", files(), flags());
  }

  /** An x86_64 package without scripts whose only file is a command. */
  public static RpmSpec command() {
    FileTree tree =
        FileTree.of(List.of(new Regular("/usr/bin/airflow", Owner.ROOT, 0755, Content.of("#!"))));
    RpmSpec spec = spec("airflow", "x86_64", tree, Map.of());
    return new RpmSpec(
        spec.name(),
        spec.version(),
        spec.release(),
        spec.arch(),
        spec.summary(),
        spec.description(),
        spec.license(),
        spec.url(),
        spec.vendor(),
        spec.group(),
        spec.changelog(),
        List.of(),
        List.of(Dependency.parse("python39")),
        List.of(),
        Map.of(),
        tree,
        Map.of());
  }

  static RpmSpec spec(String name, String arch, FileTree files, Map<String, FileFlag> flags) {
    return new RpmSpec(
        name,
        "1.5",
        "2.el8",
        arch,
        "One of everything",
        "First & <second>.\n\nÜmlaute, 서울.\n",
        "Apache-2.0",
        "https://airflow.apache.org/",
        "Airflow appliance",
        "Applications/System",
        "- Built from the lock.",
        List.of(Dependency.parse("airflow-configuration = 1.5")),
        List.of(
            Dependency.parse("systemd"),
            Dependency.parse("airflow = 2.2.5-1.el8"),
            Dependency.parse("python39 >= 3.9.2")),
        List.of(Dependency.parse("airflow-old < 1:2-3")),
        Map.of(
            Script.PRE, "echo pre\n",
            Script.POST, "echo post\n",
            Script.PREUN, "echo preun\n",
            Script.POSTUN, "echo postun\n",
            Script.POSTTRANS, "echo posttrans\n"),
        files,
        flags);
  }

  private static FileTree files() {
    return FileTree.of(
        List.of(
            new Directory("/etc/airflow", AIRFLOW, 0750),
            new Regular("/etc/airflow/airflow.cfg", AIRFLOW, 0640, Content.of("[core]\n")),
            new Regular("/etc/airflow/local.env", Owner.ROOT, 0640, Content.of("A=1\n")),
            new Regular("/run/airflow/environment", Owner.ROOT, 0640, Content.of("not carried")),
            new Regular("/usr/share/doc/lab/Größe.txt", Owner.ROOT, 0644, Content.of("ü")),
            new Regular("/usr/share/doc/lab/empty", Owner.ROOT, 0644, Content.of("")),
            new Symlink("/usr/share/doc/lab/링크", Owner.ROOT, "Größe.txt"),
            new Regular("/usr/share/licenses/lab/LICENSE", Owner.ROOT, 0644, Content.of("free"))));
  }

  private static Map<String, FileFlag> flags() {
    return Map.of(
        "/etc/airflow/airflow.cfg", FileFlag.CONFIG,
        "/etc/airflow/local.env", FileFlag.CONFIG_NOREPLACE,
        "/run/airflow/environment", FileFlag.GHOST,
        "/usr/share/doc/lab/Größe.txt", FileFlag.DOC,
        "/usr/share/licenses/lab/LICENSE", FileFlag.LICENSE);
  }
}

package org.airflowappliance.rpm;

import java.util.List;
import java.util.Map;
import org.airflowappliance.file.FileTree;

/**
 * Everything about one binary package but the time and the key.
 *
 * @param name package name
 * @param version upstream version
 * @param release release with dist tag, such as {@code 1.el8}
 * @param arch {@code noarch} or {@code x86_64}
 * @param summary one line
 * @param description paragraphs
 * @param license SPDX expression
 * @param url home page
 * @param vendor who made the package
 * @param group RPM group
 * @param changelog text of the one changelog entry
 * @param provides further provides besides the package's own name
 * @param requires what the package needs; {@code rpmlib(…)} and the scriptlets' shell are added by
 *     the writer
 * @param conflicts what may not be installed beside it
 * @param scripts by kind, run by {@code /bin/sh}
 * @param files the payload; parent folders that others own are not in it
 * @param flags attributes of payload files by absolute path
 */
public record RpmSpec(
    String name,
    String version,
    String release,
    String arch,
    String summary,
    String description,
    String license,
    String url,
    String vendor,
    String group,
    String changelog,
    List<Dependency> provides,
    List<Dependency> requires,
    List<Dependency> conflicts,
    Map<Script, String> scripts,
    FileTree files,
    Map<String, FileFlag> flags) {

  /** The program that runs every scriptlet. */
  public static final String SHELL = "/bin/sh";

  public RpmSpec {
    part("name", name, "[A-Za-z0-9_][A-Za-z0-9_.+-]*");
    // A caret would be right for rpm 4.15, but EL8's 4.14 does not know it.
    part("version", version, "[A-Za-z0-9_.+~]+");
    part("release", release, "[A-Za-z0-9_.+~]+");
    part("arch", arch, "noarch|x86_64");
    part("summary", summary, "\\S.*");
    part("license", license, "\\S.*");
    provides = List.copyOf(provides);
    requires = List.copyOf(requires);
    conflicts = List.copyOf(conflicts);
    scripts = Map.copyOf(scripts);
    flags = Map.copyOf(flags);
  }

  private static void part(String what, String value, String pattern) {
    if (!value.matches(pattern)) {
      throw new IllegalArgumentException(
          "the package's " + what + " '" + value + "' is not of the form " + pattern);
    }
  }

  /** The same package with another payload and its attributes. */
  public RpmSpec withFiles(FileTree payload, Map<String, FileFlag> attributes) {
    return new RpmSpec(
        name,
        version,
        release,
        arch,
        summary,
        description,
        license,
        url,
        vendor,
        group,
        changelog,
        provides,
        requires,
        conflicts,
        scripts,
        payload,
        attributes);
  }

  /** Name of the package's file. */
  public String fileName() {
    return name + "-" + version + "-" + release + "." + arch + ".rpm";
  }

  /**
   * A requirement or provision such as {@code airflow = 2.2.5-1.el8}.
   *
   * @param name package or capability
   * @param comparison {@code ""}, {@code <}, {@code <=}, {@code =}, {@code >=} or {@code >}
   * @param version {@code ""} or version, with release where wanted
   */
  public record Dependency(String name, String comparison, String version) {
    public Dependency {
      if (!comparison.matches("|<|<=|=|>=|>") || comparison.isEmpty() != version.isEmpty()) {
        throw new IllegalArgumentException(
            "'" + name + " " + comparison + " " + version + "' is not a dependency");
      }
    }

    /** Reads {@code name} or {@code name op version}. */
    public static Dependency parse(String text) {
      String[] parts = text.trim().split("\\s+");
      if (parts.length == 1) {
        return new Dependency(parts[0], "", "");
      }
      if (parts.length != 3) {
        throw new IllegalArgumentException(
            "'" + text + "' is not a dependency; write NAME or NAME OPERATOR VERSION");
      }
      return new Dependency(parts[0], parts[1], parts[2]);
    }
  }

  /** When a scriptlet runs. */
  public enum Script {
    PRE,
    POST,
    PREUN,
    POSTUN,
    POSTTRANS
  }

  /** What rpm knows of a file beside owner and mode. */
  public enum FileFlag {
    /** A configuration file that an upgrade replaces, the changed one kept as .rpmsave. */
    CONFIG,
    /** A configuration file that an upgrade keeps, the new one written as .rpmnew. */
    CONFIG_NOREPLACE,
    /** A file that the package owns but does not carry. */
    GHOST,
    /** A licence text. */
    LICENSE,
    /** Documentation. */
    DOC
  }
}

package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.Script;

/** What a package provides, requires and conflicts with, with all that rpm expects to be said. */
final class Relations {
  private static final int LESS = 1 << 1;
  private static final int GREATER = 1 << 2;
  private static final int EQUAL = 1 << 3;
  private static final int INTERPRETER = 1 << 8;
  private static final int RPMLIB = 1 << 24;
  private static final Map<String, Integer> COMPARISONS =
      Map.of("", 0, "<", LESS, "<=", LESS | EQUAL, "=", EQUAL, ">=", GREATER | EQUAL, ">", GREATER);
  private static final Map<Script, Integer> PHASES =
      Map.of(
          Script.PRE, 1 << 9,
          Script.POST, 1 << 10,
          Script.PREUN, 1 << 11,
          Script.POSTUN, 1 << 12,
          Script.POSTTRANS, 1 << 5);

  private Relations() {}

  private record Relation(String name, int flags, String version) {
    static Relation of(Dependency dependency) {
      return new Relation(
          dependency.name(), COMPARISONS.get(dependency.comparison()), dependency.version());
    }

    static Relation rpmlib(String feature, String since) {
      return new Relation("rpmlib(" + feature + ")", RPMLIB | LESS | EQUAL, since);
    }
  }

  static List<Entry> entries(RpmSpec spec) {
    List<Entry> entries = new ArrayList<>();
    entries.addAll(
        entries(
            provides(spec), RpmTag.PROVIDE_NAMES, RpmTag.PROVIDE_FLAGS, RpmTag.PROVIDE_VERSIONS));
    entries.addAll(
        entries(
            requires(spec), RpmTag.REQUIRE_NAMES, RpmTag.REQUIRE_FLAGS, RpmTag.REQUIRE_VERSIONS));
    entries.addAll(
        entries(
            spec.conflicts().stream().map(Relation::of).toList(),
            RpmTag.CONFLICT_NAMES,
            RpmTag.CONFLICT_FLAGS,
            RpmTag.CONFLICT_VERSIONS));
    return entries;
  }

  private static List<Relation> provides(RpmSpec spec) {
    String version = spec.version() + "-" + spec.release();
    List<Relation> provides = new ArrayList<>();
    provides.add(new Relation(spec.name(), EQUAL, version));
    if (spec.arch().equals("x86_64")) {
      provides.add(new Relation(spec.name() + "(x86-64)", EQUAL, version));
    }
    spec.provides().forEach(dependency -> provides.add(Relation.of(dependency)));
    return provides;
  }

  private static List<Relation> requires(RpmSpec spec) {
    List<Relation> requires = new ArrayList<>();
    spec.requires().forEach(dependency -> requires.add(Relation.of(dependency)));
    for (Script script : spec.scripts().keySet()) {
      // The phase lets rpm order a transaction so that the shell is there when the script runs.
      requires.add(new Relation(RpmSpec.SHELL, INTERPRETER | PHASES.get(script), ""));
    }
    requires.add(Relation.rpmlib("CompressedFileNames", "3.0.4-1"));
    requires.add(Relation.rpmlib("FileDigests", "4.6.0-1"));
    requires.add(Relation.rpmlib("PayloadFilesHavePrefix", "4.0-1"));
    boolean tilde =
        spec.requires().stream().anyMatch(dependency -> dependency.version().contains("~"));
    if (tilde || spec.version().contains("~") || spec.release().contains("~")) {
      requires.add(Relation.rpmlib("TildeInVersions", "4.10.0-1"));
    }
    return requires;
  }

  private static List<Entry> entries(List<Relation> relations, int names, int flags, int versions) {
    if (relations.isEmpty()) {
      return List.of();
    }
    Set<Relation> unique = new LinkedHashSet<>(relations);
    List<Relation> sorted =
        unique.stream()
            .sorted(
                Comparator.comparing(Relation::name)
                    .thenComparing(Relation::version)
                    .thenComparing(Relation::flags))
            .toList();
    return List.of(
        Entry.texts(names, sorted.stream().map(Relation::name).toList()),
        Entry.int32s(flags, sorted.stream().mapToInt(Relation::flags).toArray()),
        Entry.texts(versions, sorted.stream().map(Relation::version).toList()));
  }
}

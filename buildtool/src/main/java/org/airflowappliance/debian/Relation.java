package org.airflowappliance.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One package that another one names: a name and maybe a range of versions.
 *
 * @param name of a package or of something that packages provide
 * @param comparison {@code ""}, {@code <<}, {@code <=}, {@code =}, {@code >=} or {@code >>}
 * @param version the bound, {@code ""} without one
 */
record Relation(String name, String comparison, String version) {
  /** A qualifier such as {@code :any} changes nothing where there is one architecture only. */
  private static final Pattern FORM =
      Pattern.compile(
          "([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?(?:\\s*\\(\\s*(<<|<=|=|>=|>>)\\s*([^\\s)]+)\\s*\\))?");

  private static final String SAME_ARCHITECTURE = "any|native|amd64|all";

  /** The alternatives of each comma-separated part. */
  static List<List<Relation>> parse(String text) {
    List<List<Relation>> all = new ArrayList<>();
    for (String part : text.split(",")) {
      if (part.isBlank()) {
        continue;
      }
      List<Relation> alternatives = new ArrayList<>();
      for (String alternative : part.split("\\|")) {
        Matcher form = FORM.matcher(alternative.strip());
        if (!form.matches()) {
          throw new IllegalArgumentException(
              "'" + part.strip() + "' is not a dependency of Debian");
        }
        if (form.group(2) == null || form.group(2).matches(SAME_ARCHITECTURE)) {
          alternatives.add(
              form.group(3) == null
                  ? new Relation(form.group(1), "", "")
                  : new Relation(form.group(1), form.group(3), form.group(4)));
        }
      }
      all.add(List.copyOf(alternatives));
    }
    return List.copyOf(all);
  }

  /** Whether a version of this name is in the range. */
  boolean holds(String other) {
    if (comparison.isEmpty()) {
      return true;
    }
    int order = new DebianVersion(other).compareTo(new DebianVersion(version));
    return switch (comparison) {
      case "<<" -> order < 0;
      case "<=" -> order <= 0;
      case "=" -> order == 0;
      case ">=" -> order >= 0;
      default -> order > 0;
    };
  }

  /** Whether what a package provides is meant; without a version it is in no range. */
  boolean meets(Relation provided) {
    return provided.name.equals(name)
        && (comparison.isEmpty() || (!provided.version.isEmpty() && holds(provided.version)));
  }

  @Override
  public String toString() {
    return comparison.isEmpty() ? name : name + " (" + comparison + " " + version + ")";
  }
}

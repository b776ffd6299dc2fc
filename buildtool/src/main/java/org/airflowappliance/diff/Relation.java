package org.airflowappliance.diff;

import java.util.List;
import java.util.TreeSet;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.rpm.TagTable;

/** What a package requires, provides and conflicts with, as texts. */
final class Relation {
  private static final int LESS = 1 << 1;
  private static final int GREATER = 1 << 2;
  private static final int EQUAL = 1 << 3;

  private Relation() {}

  static TreeSet<String> requires(TagTable tags) {
    return texts(
        tags.texts(RpmTag.REQUIRE_NAMES),
        tags.numbers(RpmTag.REQUIRE_FLAGS),
        tags.texts(RpmTag.REQUIRE_VERSIONS));
  }

  static TreeSet<String> provides(TagTable tags) {
    return texts(
        tags.texts(RpmTag.PROVIDE_NAMES),
        tags.numbers(RpmTag.PROVIDE_FLAGS),
        tags.texts(RpmTag.PROVIDE_VERSIONS));
  }

  static TreeSet<String> conflicts(TagTable tags) {
    return texts(
        tags.texts(RpmTag.CONFLICT_NAMES),
        tags.numbers(RpmTag.CONFLICT_FLAGS),
        tags.texts(RpmTag.CONFLICT_VERSIONS));
  }

  private static TreeSet<String> texts(List<String> names, long[] flags, List<String> versions) {
    TreeSet<String> texts = new TreeSet<>();
    for (int i = 0; i < flags.length; i++) {
      texts.add((names.get(i) + " " + comparison(flags[i]) + " " + versions.get(i)).strip());
    }
    return texts;
  }

  private static String comparison(long flags) {
    return ((flags & LESS) != 0 ? "<" : "")
        + ((flags & GREATER) != 0 ? ">" : "")
        + ((flags & EQUAL) != 0 ? "=" : "");
  }
}

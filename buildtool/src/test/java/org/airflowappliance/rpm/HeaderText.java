package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A package's header as lines that a review can read. */
final class HeaderText {
  private static final Map<String, Integer> TEXTS = new LinkedHashMap<>();

  static {
    TEXTS.put("name", RpmTag.NAME);
    TEXTS.put("version", RpmTag.VERSION);
    TEXTS.put("release", RpmTag.RELEASE);
    TEXTS.put("arch", RpmTag.ARCH);
    TEXTS.put("summary", RpmTag.SUMMARY);
    TEXTS.put("license", RpmTag.LICENSE);
    TEXTS.put("url", RpmTag.URL);
    TEXTS.put("vendor", RpmTag.VENDOR);
    TEXTS.put("changelog", RpmTag.CHANGELOG_TEXTS);
    TEXTS.put("pre shell", RpmTag.PRE_SHELL);
    TEXTS.put("post shell", RpmTag.POST_SHELL);
    TEXTS.put("preun shell", RpmTag.PREUN_SHELL);
    TEXTS.put("postun shell", RpmTag.POSTUN_SHELL);
    TEXTS.put("posttrans shell", RpmTag.POSTTRANS_SHELL);
  }

  private HeaderText() {}

  static String of(TagTable tags) {
    List<String> lines = new ArrayList<>();
    TEXTS.forEach((name, tag) -> tags.texts(tag).forEach(text -> lines.add(name + ": " + text)));
    relations(
        lines,
        "requires",
        tags.texts(RpmTag.REQUIRE_NAMES),
        tags.numbers(RpmTag.REQUIRE_FLAGS),
        tags.texts(RpmTag.REQUIRE_VERSIONS));
    relations(
        lines,
        "provides",
        tags.texts(RpmTag.PROVIDE_NAMES),
        tags.numbers(RpmTag.PROVIDE_FLAGS),
        tags.texts(RpmTag.PROVIDE_VERSIONS));
    relations(
        lines,
        "conflicts",
        tags.texts(RpmTag.CONFLICT_NAMES),
        tags.numbers(RpmTag.CONFLICT_FLAGS),
        tags.texts(RpmTag.CONFLICT_VERSIONS));
    lines.add("description:");
    tags.text(RpmTag.DESCRIPTION).lines().forEach(line -> lines.add(("  " + line).stripTrailing()));
    return String.join("\n", lines) + "\n";
  }

  private static void relations(
      List<String> lines, String what, List<String> names, long[] flags, List<String> versions) {
    for (int at = 0; at < flags.length; at++) {
      String sense =
          ((flags[at] & 2) != 0 ? "<" : "")
              + ((flags[at] & 4) != 0 ? ">" : "")
              + ((flags[at] & 8) != 0 ? "=" : "");
      String when = (flags[at] & ~14L) == 0 ? "" : "  (flags 0x%x)".formatted(flags[at] & ~14L);
      lines.add(
          what + ": " + (names.get(at) + " " + sense + " " + versions.get(at)).strip() + when);
    }
  }

  /** Rows of {@code path mode owner flag}, the mode with the type's bits. */
  static String files(List<RpmFile> files) {
    StringBuilder text = new StringBuilder();
    for (RpmFile file : files) {
      text.append(
          "%s%s %06o %s:%s%s\n"
              .formatted(
                  file.path(),
                  file.symlink() ? " -> " + file.link() : "",
                  file.mode(),
                  file.user(),
                  file.group(),
                  flags(file)));
    }
    return text.toString();
  }

  private static String flags(RpmFile file) {
    String known =
        (file.config() ? " config" : "")
            + (file.noReplace() ? " noreplace" : "")
            + (file.ghost() ? " ghost" : "");
    return known.isEmpty() && file.flags() != 0 ? " 0x%x".formatted(file.flags()) : known;
  }
}

package org.airflowappliance.image;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Paths by patterns: {@code *} stands for a part of one name, {@code **} for anything. */
final class PathPatterns {
  private PathPatterns() {}

  /** Whether a path is named by one of the patterns, such as {@code /usr/share/man/**}. */
  static Predicate<String> any(List<String> patterns) {
    List<Pattern> compiled = patterns.stream().map(PathPatterns::regex).toList();
    return path -> compiled.stream().anyMatch(each -> each.matcher(path).matches());
  }

  private static Pattern regex(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int at = 0; at < pattern.length(); at++) {
      char next = pattern.charAt(at);
      if (pattern.startsWith("**", at)) {
        regex.append(".*");
        at++;
      } else {
        regex.append(next == '*' ? "[^/]*" : Pattern.quote(Character.toString(next)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}

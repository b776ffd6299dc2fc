package org.airflowappliance.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One logical line of a file that systemd reads as EnvironmentFile=.
 *
 * @param number of its first line in the file, from 1
 * @param text with lines joined that a backslash continued
 */
record EnvironmentLine(int number, String text) {

  /** What a value's quotes and backslashes say. */
  record Value(String text, String problem) {}

  /** All lines that are neither empty nor comments. */
  static List<EnvironmentLine> of(String file) {
    List<EnvironmentLine> lines = new ArrayList<>();
    StringBuilder pending = new StringBuilder();
    int start = 0;
    int number = 0;
    for (String line : file.split("\r?\n", -1)) {
      number++;
      if (pending.isEmpty()) {
        start = number;
        if (line.isBlank() || line.strip().matches("[#;].*")) {
          continue;
        }
      }
      boolean continued = line.matches("(?s).*[^\\\\](\\\\\\\\)*\\\\") || line.equals("\\");
      pending.append(line, 0, line.length() - (continued ? 1 : 0));
      if (!continued) {
        lines.add(new EnvironmentLine(start, pending.toString()));
        pending.setLength(0);
      }
    }
    if (!pending.isEmpty()) {
      lines.add(new EnvironmentLine(start, pending.toString()));
    }
    return lines;
  }

  boolean isSetting() {
    return text.strip().matches("(?s)[A-Za-z_][A-Za-z0-9_]*\\s*=.*");
  }

  String key() {
    return text.substring(0, text.indexOf('=')).strip();
  }

  /** The value without its quotes; with a problem where systemd's versions read it differently. */
  Value value() {
    String raw = text.substring(text.indexOf('=') + 1).strip();
    char quote = raw.isEmpty() ? ' ' : raw.charAt(0);
    if (quote != '"' && quote != '\'') {
      return new Value(raw.replaceAll("(?s)\\\\(.)", "$1"), "");
    }
    String inner = raw.substring(1);
    int end = closing(inner, quote);
    if (end < 0) {
      return new Value("", "has no closing quote; add it");
    }
    if (end + 1 < inner.length()) {
      return new Value("", "goes on after its closing quote; quote the whole value");
    }
    inner = inner.substring(0, end);
    if (inner.replaceAll("\\\\[\"\\\\`$]", "").contains("\\")
        || quote == '\'' && inner.contains("\\")) {
      return new Value(
          "", "holds a backslash that systemd's versions read differently; write \\\\ in \"…\"");
    }
    return new Value(inner.replaceAll("\\\\(.)", "$1"), "");
  }

  private static int closing(String text, char quote) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && quote == '"') {
        i++;
      } else if (text.charAt(i) == quote) {
        return i;
      }
    }
    return -1;
  }
}

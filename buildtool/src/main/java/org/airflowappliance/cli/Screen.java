package org.airflowappliance.cli;

import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/** One of the two streams that people read, each of which may be a terminal or not. */
enum Screen {
  OUT("appliance.terminal.out"),
  ERR("appliance.terminal.err");

  private final String property;

  Screen(String property) {
    this.property = property;
  }

  /** The launcher says it; Java 17 cannot tell it by itself. */
  boolean isTerminal() {
    return Boolean.getBoolean(property) && !"dumb".equals(System.getenv("TERM"));
  }

  /** How texts are coloured on it. */
  ColorScheme colors() {
    return Help.defaultColorScheme(coloured(isTerminal(), System.getenv()) ? Ansi.ON : Ansi.OFF);
  }

  /** NO_COLOR counts when it is not empty, as its convention says. */
  static boolean coloured(boolean terminal, Map<String, String> environment) {
    return terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }
}

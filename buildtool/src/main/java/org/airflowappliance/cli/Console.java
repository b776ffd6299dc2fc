package org.airflowappliance.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.airflowappliance.release.Bench;

/**
 * Standard error for people: one moving line on a terminal, plain lines otherwise, nothing when
 * quiet.
 */
final class Console implements Bench.Display {
  private static final long REPAINT_NANOS = 200_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final boolean quiet;
  private final Map<String, Long> started = new LinkedHashMap<>();
  private long painted;
  private int width;

  Console(PrintStream err, boolean terminal, boolean quiet) {
    this.err = err;
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /** The launcher says whether standard error is a terminal; Java 17 cannot tell it by itself. */
  static boolean onTerminal() {
    return Boolean.getBoolean("appliance.terminal") && !"dumb".equals(System.getenv("TERM"));
  }

  @Override
  public synchronized void progress(String what, long bytes, long total) {
    if (quiet) {
      return;
    }
    long now = System.nanoTime();
    boolean fresh = started.putIfAbsent(what, now) == null;
    if (!terminal) {
      if (fresh) {
        err.println(what);
      }
      return;
    }
    if (fresh || now - painted > REPAINT_NANOS) {
      painted = now;
      paint(what + amounts(bytes, total, now - started.get(what)));
    }
  }

  private static String amounts(long bytes, long total, long nanos) {
    if (bytes <= 0) {
      return "";
    }
    String done = "  " + size(bytes);
    if (total <= 0) {
      return done;
    }
    long left = (long) (nanos * ((double) (total - bytes) / bytes));
    return done + " of " + size(total) + ", " + time(Duration.ofNanos(left)) + " left";
  }

  private void paint(String line) {
    String cut = line.length() > 100 ? line.substring(0, 99) + "…" : line;
    err.print("\r" + cut + " ".repeat(Math.max(0, width - cut.length())));
    err.flush();
    width = cut.length();
  }

  /** Ends the moving line, so that other text starts on a line of its own. */
  synchronized void clear() {
    if (terminal && width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      err.flush();
      width = 0;
    }
  }

  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes / 1024.0;
    for (String unit : new String[] {"KiB", "MiB"}) {
      if (value < 1024) {
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
      }
      value /= 1024;
    }
    return String.format(Locale.ROOT, "%.2f GiB", value);
  }

  static String time(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}

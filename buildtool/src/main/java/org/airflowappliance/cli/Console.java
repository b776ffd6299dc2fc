package org.airflowappliance.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.airflowappliance.release.Bench;

/**
 * Standard error for people: one moving line on a terminal, plain lines otherwise, nothing when
 * quiet.
 */
final class Console implements Bench.Display {
  private static final long REPAINT_NANOS = 200_000_000L;

  /** When something had come how far: the time left follows from what was done since. */
  private record Mark(long nanos, long done) {}

  private final PrintStream err;
  private final boolean terminal;
  private final boolean quiet;
  private final LongSupplier nanos;
  private final Map<String, Mark> marks = new LinkedHashMap<>();
  private long painted;
  private int width;

  Console(PrintStream err, boolean terminal, boolean quiet) {
    this(err, terminal, quiet, System::nanoTime);
  }

  /** {@code nanos} is the time that repainting and the time left go by. */
  Console(PrintStream err, boolean terminal, boolean quiet, LongSupplier nanos) {
    this.nanos = nanos;
    this.err = err;
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /** Whether standard error is a terminal. */
  static boolean onTerminal() {
    return Screen.ERR.isTerminal();
  }

  @Override
  public void progress(String what, long bytes, long total) {
    show(what, bytes, total, Console::size);
  }

  @Override
  public void counted(String what, long done, long total) {
    show(what, done, total, Long::toString);
  }

  private synchronized void show(String what, long done, long total, LongFunction<String> unit) {
    if (quiet) {
      return;
    }
    long now = nanos.getAsLong();
    boolean fresh = !marks.containsKey(what);
    // its first amount counts, not its first mention: what it needs may have been made in between
    if (fresh || marks.get(what).done() == 0) {
      marks.put(what, new Mark(now, done));
    }
    if (!terminal) {
      if (fresh) {
        err.println(what);
      }
      return;
    }
    if (fresh || now - painted > REPAINT_NANOS) {
      painted = now;
      paint(what + amounts(marks.get(what), new Mark(now, done), total, unit));
    }
  }

  private static String amounts(Mark first, Mark now, long total, LongFunction<String> unit) {
    if (now.done() <= 0) {
      return "";
    }
    String shown = "  " + unit.apply(now.done()) + (total > 0 ? " of " + unit.apply(total) : "");
    long since = now.done() - first.done();
    if (total <= 0 || since <= 0) {
      return shown;
    }
    double nanosEach = (double) (now.nanos() - first.nanos()) / since;
    Duration left = Duration.ofNanos((long) (nanosEach * (total - now.done())));
    return shown + ", " + time(left) + " left";
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

  /** A time that is over: with tenths while they matter. */
  static String took(Duration duration) {
    return duration.toMillis() < 9950
        ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
        : time(duration.plusMillis(500));
  }

  static String time(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}

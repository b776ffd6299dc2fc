package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.airflowappliance.debian.Closure;
import org.airflowappliance.debian.Suite;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.LineSource;
import org.airflowappliance.plan.PinRows;
import org.airflowappliance.python.Requirements;

/**
 * Renews the locks of one Airflow line.
 *
 * @param keyring keys that may have signed Debian's indices
 * @param now what a changed line gets as its time
 */
record LineLock(
    Definitions definitions, LockBench bench, Mirrors mirrors, Path keyring, Instant now) {
  private static final Pattern SERIAL = Pattern.compile("(?m)^(serial:\\s*)([0-9]+)");
  private static final Pattern LOCKED = Pattern.compile("(?m)^(locked:\\s*)(\\S+)");

  /**
   * Resolves, writes what differs below {@code folder}, and says what it was.
   *
   * @param raise whether the serial is raised all the same: what is outside of the line but carries
   *     its serial has changed
   */
  List<String> renew(Path folder, String version, boolean raise) throws IOException {
    AirflowLine line = AirflowLines.read(definitions, version);
    Map<String, String> fresh = resolved(line, AirflowLines.source(definitions, version));
    return replaced(folder.resolve("rpm/lines").resolve(version), line.serial(), fresh, raise);
  }

  /** Writes those locks of a line that differ, and says what it was. */
  List<String> replaced(Path home, int serial, Map<String, String> fresh, boolean raise)
      throws IOException {
    Map<String, String> changed = new LinkedHashMap<>();
    List<String> changes = new ArrayList<>();
    for (Map.Entry<String, String> file : fresh.entrySet()) {
      String old = Files.readString(home.resolve(file.getKey()));
      if (!old.equals(file.getValue())) {
        changed.put(file.getKey(), file.getValue());
        changes.addAll(LockChanges.between(file.getKey(), old, file.getValue()));
      }
    }
    if (raise || !changed.isEmpty()) {
      // last, so that a line whose locks are half written is not taken for a new serial
      changed.put("line.yaml", raised(Files.readString(home.resolve("line.yaml"))));
      changes.add("serial " + serial + " -> " + (serial + 1));
      for (Map.Entry<String, String> file : changed.entrySet()) {
        replace(home.resolve(file.getKey()), file.getValue());
      }
    }
    return changes;
  }

  private Map<String, String> resolved(AirflowLine line, LineSource source) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    bench.progress("resolving the packages of " + source.suite(), 0, 0);
    Suite suite = Suite.fetch(mirrors, source.suite(), keyring, now);
    List<Pin> pins = Closure.of(suite.index(bench.store()), source.packages(), source.without());
    texts.put("interpreter.lock", PinRows.text(pins));
    Requirements.Locks locks = new Requirements(line, bench).resolve(source);
    texts.put("tools.lock", locks.tools());
    texts.put("build.lock", locks.build());
    texts.put("requirements.lock", locks.requirements());
    return texts;
  }

  /** The text with the next serial and the time; comments stay as they are. */
  private String raised(String text) {
    String serial = SERIAL.matcher(text).replaceFirst(found -> found.group(1) + next(found));
    return LOCKED
        .matcher(serial)
        .replaceFirst(found -> found.group(1) + now.truncatedTo(ChronoUnit.SECONDS));
  }

  private static int next(MatchResult found) {
    return Integer.parseInt(found.group(2)) + 1;
  }

  /** Writes a file whole or not at all. */
  static void replace(Path file, String text) throws IOException {
    Path beside = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * What differs from the locks of a line below {@code folder}.
   *
   * @param raise whether the serial is raised all the same: what is outside of the line but carries
   *     its serial has changed
   */
  LockFiles resolved(Path folder, String version, boolean raise) throws IOException {
    AirflowLine line = AirflowLines.read(definitions, version);
    Map<String, String> fresh = resolved(line, AirflowLines.source(definitions, version));
    return raised(folder.resolve("rpm/lines").resolve(version), line.serial(), fresh, raise);
  }

  /** Those locks of a line that differ, and the next serial. */
  LockFiles raised(Path home, int serial, Map<String, String> fresh, boolean raise)
      throws IOException {
    LockFiles locks = LockFiles.between(home, fresh);
    if (locks.isEmpty() && !raise) {
      return locks;
    }
    Map<Path, String> texts = new LinkedHashMap<>();
    // first, so that no lock that is new is built under the serial of before
    Path line = home.resolve("line.yaml");
    texts.put(line, raised(Files.readString(line)));
    texts.putAll(locks.texts());
    List<String> changes = new ArrayList<>(locks.changes());
    changes.add("serial " + serial + " -> " + (serial + 1));
    return new LockFiles(texts, changes);
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
}

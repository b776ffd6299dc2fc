package org.airflowappliance.it.site;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one run of the cluster tests found out: which real part in which version, how long
 * everything took, how much memory the containers had. Written as report.md and report.json.
 */
public final class Report {
  private static final double MILLIS = 1000.0;

  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final Map<String, String> facts = new LinkedHashMap<>();

  Report() {
    facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    facts.put(
        "machine",
        "%d processors, %d GiB"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize()
                    >> 30));
    facts.put(
        "limits of time are longer here by", String.format(Locale.ROOT, "%.2f", Pace.factor()));
  }

  /** A time that was measured. */
  public synchronized void time(String what, Duration took) {
    seconds.put(what, took.toMillis() / MILLIS);
    System.out.printf("   %7s s  %s%n", shown(took.toMillis() / MILLIS), what);
  }

  private static String shown(double seconds) {
    return String.format(Locale.ROOT, seconds < 1 ? "%.3f" : "%.1f", seconds);
  }

  /** The time since {@link System#nanoTime} was {@code begun}. */
  public void time(String what, long begun) {
    time(what, Duration.ofNanos(System.nanoTime() - begun));
  }

  /** Several measurements of the same: least, median and most. */
  public void times(String what, List<Duration> all) {
    List<Duration> sorted = new ArrayList<>(all);
    sorted.sort(null);
    time(what + ", least", sorted.get(0));
    time(what + ", median", sorted.get(sorted.size() / 2));
    time(what + ", most", sorted.get(sorted.size() - 1));
  }

  /** Seconds of what was measured. */
  public synchronized double seconds(String what) {
    return seconds.get(what);
  }

  /** Anything else that a reader wants to know. */
  public synchronized void fact(String name, String value) {
    facts.put(name, value.strip().replace("\n", ", "));
  }

  /** Writes both files, with the most memory in bytes that each part was seen with. */
  synchronized void write(Map<String, Long> memory) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("facts", facts);
    all.put("seconds", seconds);
    all.put("memoryPeakBytes", memory);
    Path folder = Folders.itTests().resolve("target");
    try {
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(folder.resolve("report.json").toFile(), all);
      Files.writeString(folder.resolve("report.md"), markdown(memory));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private String markdown(Map<String, Long> memory) {
    StringBuilder text = new StringBuilder("# Cluster tests\n\n| fact | |\n|---|---|\n");
    facts.forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, value)));
    text.append("\n| measured | s |\n|---|--:|\n");
    seconds.forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, shown(value))));
    text.append("\n| memory peak | MiB |\n|---|--:|\n");
    memory.forEach((name, bytes) -> text.append("| %s | %d |\n".formatted(name, bytes >> 20)));
    long sum = memory.values().stream().mapToLong(Long::longValue).sum();
    return text.append("| sum | %d |\n".formatted(sum >> 20)).toString();
  }
}

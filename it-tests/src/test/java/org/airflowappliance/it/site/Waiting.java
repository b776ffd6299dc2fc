package org.airflowappliance.it.site;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition with a deadline, and shows the last state when it passes. */
public final class Waiting {
  private static final Duration PAUSE = Duration.ofMillis(400);

  private Waiting() {}

  /**
   * A look at the system.
   *
   * @param <T> what is seen
   */
  @FunctionalInterface
  public interface Look<T> {
    /** What is there now. */
    T now() throws Exception;
  }

  /**
   * Looks until what is seen is as wanted, and says how long that took.
   *
   * @param atPace how long it may take, before {@link Pace}
   */
  static <T> Duration until(
      String what,
      Duration atPace,
      Look<T> look,
      Predicate<? super T> wanted,
      Supplier<String> diagnosis) {
    Duration limit = Pace.here(atPace);
    long begun = System.nanoTime();
    String seen;
    do {
      try {
        T now = look.now();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        if (wanted.test(now) && took.compareTo(limit) <= 0) {
          return took;
        }
        seen = "'" + now + "' after " + took;
      } catch (Exception | AssertionError problem) {
        // the next look may succeed; the last one's problem is shown
        seen = problem.toString();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (System.nanoTime() - begun < limit.toNanos());
    throw new AssertionError(
        what
            + ": not within "
            + limit.toSeconds()
            + " s; seen last: "
            + seen
            + "\n"
            + diagnosis.get());
  }
}

package org.airflowappliance.it.site;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How quick something can be, by the clock, on a machine that does other things too: it is done
 * again until it was quick enough once, since nothing else than a moment's rest makes it so.
 */
public final class Quick {
  private static final Duration TRIES = Duration.ofMinutes(10);
  private static final List<String> UNDISTURBED = allowed(List.of("chrt", "--rr", "1"));

  private Quick() {}

  /** What is measured. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does it once.
     *
     * @param number from 0 upwards, another one each time
     */
    void run(int number) throws IOException;
  }

  /**
   * What stands before a program's words to give it the processors as soon as it wants them, as if
   * the machine did nothing else; nothing where that is not allowed.
   */
  public static List<String> undisturbed() {
    return UNDISTURBED;
  }

  private static List<String> allowed(List<String> before) {
    List<String> tried = new ArrayList<>(before);
    tried.add("true");
    try {
      return Program.attempt(TRIES, new ProcessBuilder(tried)).code() == 0 ? before : List.of();
    } catch (IOException lacking) {
      return List.of();
    }
  }

  /** The shortest of all tries, of which the last one may have been within the limit. */
  public static Duration best(Duration limit, Work work) throws IOException {
    long begun = System.nanoTime();
    long best = Long.MAX_VALUE;
    for (int number = 0; ; number++) {
      long now = System.nanoTime();
      work.run(number);
      best = Math.min(best, System.nanoTime() - now);
      if (best < limit.toNanos() || System.nanoTime() - begun > TRIES.toNanos()) {
        return Duration.ofNanos(best);
      }
    }
  }
}

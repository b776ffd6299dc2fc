package org.airflowappliance.it.site;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Random;
import java.util.zip.Deflater;

/**
 * How slow this machine is beside the one on which the limits of time were set. Limits hold there;
 * a slower machine gets them longer by as much, a quicker one has them as they stand.
 */
public final class Pace {
  /**
   * Milliseconds of processor time that the work takes on the machine of the limits: half of what a
   * host took that was twice as slow with Airflow.
   */
  private static final double REFERENCE = 140;

  private static final int BYTES = 8 << 20;
  private static final int TRIES = 3;
  private static final double MOST = 3;
  private static final double FACTOR = measured();

  private Pace() {}

  /** From 1 upwards. */
  static double factor() {
    return FACTOR;
  }

  /** A limit as it is on this machine. */
  public static Duration here(Duration limit) {
    return Duration.ofMillis(Math.round(limit.toMillis() * FACTOR));
  }

  /** Compresses in one thread; its processor time says little of what else goes on. */
  private static double measured() {
    byte[] input = new byte[BYTES];
    Random random = new Random(1);
    for (int each = 0; each < BYTES; each++) {
      input[each] = (byte) (random.nextGaussian() * 20);
    }
    double best = Double.MAX_VALUE;
    for (int each = 0; each < TRIES; each++) {
      best = Math.min(best, millis(input));
    }
    return Math.max(1, Math.min(MOST, best / REFERENCE));
  }

  private static double millis(byte[] input) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    byte[] output = new byte[1 << 16];
    long begun = threads.getCurrentThreadCpuTime();
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(input);
      deflater.finish();
      while (!deflater.finished()) {
        deflater.deflate(output);
      }
    } finally {
      deflater.end();
    }
    return Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun).toMillis();
  }
}

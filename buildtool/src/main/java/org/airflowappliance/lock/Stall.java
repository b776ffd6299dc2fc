package org.airflowappliance.lock;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a body from which nothing comes any more: Java's client has no time-out once the headers
 * are there.
 */
public final class Stall implements AutoCloseable {
  private static final long SECONDS = 60;
  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "stalled downloads");
            thread.setDaemon(true);
            return thread;
          });

  private final ScheduledFuture<?> check;
  private volatile boolean moving;

  /** Watches a body until this is closed. */
  public Stall(InputStream body) {
    check =
        CLOCK.scheduleAtFixedRate(
            () -> {
              if (!moving) {
                close(body);
              }
              moving = false;
            },
            SECONDS,
            SECONDS,
            TimeUnit.SECONDS);
  }

  /** Something came. */
  public void moved() {
    moving = true;
  }

  @Override
  public void close() {
    check.cancel(false);
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException problem) {
      // The reader gets the error that matters: its stream is closed.
      return;
    }
  }
}

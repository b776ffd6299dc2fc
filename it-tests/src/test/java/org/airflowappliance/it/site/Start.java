package org.airflowappliance.it.site;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The steps of a start, side by side; how long each took is in the report. */
final class Start implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Parts parts;
  private final Report report;

  Start(Parts parts, Report report) {
    this.parts = parts;
    this.report = report;
  }

  /** A step whose result ends with the site. */
  <T extends AutoCloseable> Future<T> part(String name, Callable<T> making) {
    return step(name, () -> parts.add(making.call()));
  }

  /** Any other step. */
  <T> Future<T> step(String name, Callable<T> making) {
    return threads.submit(
        () -> {
          long begun = System.nanoTime();
          T made = making.call();
          report.time(name, begun);
          return made;
        });
  }

  /** What a step made, or its problem. */
  static <T> T done(Future<T> step) throws IOException {
    try {
      return step.get();
    } catch (ExecutionException problem) {
      throw new IOException(problem.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  /** What all steps made, in their order. */
  static <T> List<T> all(List<Future<T>> steps) throws IOException {
    List<T> made = new ArrayList<>();
    for (Future<T> each : steps) {
      made.add(done(each));
    }
    return made;
  }

  /** Waits for what still runs, so that nothing is made after the site was closed. */
  @Override
  public void close() {
    threads.shutdown();
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        ended = true;
      }
    }
  }
}

package org.airflowappliance.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several transfers at a time: each waits for a network or a disk most of its time. */
final class Parallel {
  private static final int AT_ONCE = 8;

  private Parallel() {}

  /** What is done with one item. */
  @FunctionalInterface
  interface Work<T> {
    void with(T item) throws IOException;
  }

  /** Does it with all; after a first failure, which is thrown, nothing more is begun. */
  static <T> void each(Collection<T> items, Work<T> work) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Void>> running = new ArrayList<>();
      for (T item : items) {
        running.add(
            workers.submit(
                () -> {
                  work.with(item);
                  return null;
                }));
      }
      for (Future<Void> each : running) {
        each.get();
      }
    } catch (ExecutionException failed) {
      throw asIs(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PublishProblem(
          "interrupted; repeat it, what is there is not sent again", interrupted);
    } finally {
      workers.shutdownNow();
    }
  }

  private static IOException asIs(Throwable cause) {
    if (cause instanceof RuntimeException problem) {
      throw problem;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof IOException problem ? problem : new IOException(cause);
  }
}

package org.airflowappliance.publish;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Several transfers at a time: each waits for a network or a disk most of its time. */
final class Parallel {
  private static final int AT_ONCE = 8;

  private Parallel() {}

  /** What is done with one item. */
  @FunctionalInterface
  interface Work<T> {
    void with(T item) throws IOException;
  }

  /**
   * Does it with all. After a first failure, which is thrown, nothing more is begun, and what was
   * under way is over when this returns.
   */
  static <T> void each(Collection<T> items, Work<T> work) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
    ExecutorCompletionService<Void> ended = new ExecutorCompletionService<>(workers);
    try {
      for (T item : items) {
        ended.submit(
            () -> {
              work.with(item);
              return null;
            });
      }
      for (int count = 0; count < items.size(); count++) {
        ended.take().get();
      }
    } catch (ExecutionException failed) {
      throw asIs(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PublishProblem(
          "interrupted; repeat it, what is there is not sent again", interrupted);
    } finally {
      end(workers);
    }
  }

  /** Those that wait are forgotten; those that work come to their own end. */
  private static void end(ExecutorService workers) {
    workers.shutdown();
    if (workers instanceof ThreadPoolExecutor pool) {
      pool.getQueue().clear();
    }
    try {
      workers.awaitTermination(1, TimeUnit.HOURS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
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

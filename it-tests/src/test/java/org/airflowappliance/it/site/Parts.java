package org.airflowappliance.it.site;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * What has to be closed at the end, whatever happens to the others: all at the same time, as to
 * remove a container takes a while, and then the networks that they are in.
 */
final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /** Those of a kind. */
  synchronized <T> List<T> of(Class<T> kind) {
    return parts.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public synchronized void close() {
    Map<Boolean, List<AutoCloseable>> kinds =
        parts.stream().collect(Collectors.partitioningBy(SiteNetwork.class::isInstance));
    parts.clear();
    List<Throwable> problems = new ArrayList<>();
    for (boolean networks : new boolean[] {false, true}) {
      List<CompletableFuture<Void>> closing =
          kinds.get(networks).stream().map(Parts::closing).toList();
      for (CompletableFuture<Void> each : closing) {
        each.exceptionally(
                problem -> {
                  problems.add(problem);
                  return null;
                })
            .join();
      }
    }
    if (!problems.isEmpty()) {
      IllegalStateException all = new IllegalStateException("the site was not closed whole");
      problems.forEach(all::addSuppressed);
      throw all;
    }
  }

  private static CompletableFuture<Void> closing(AutoCloseable part) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            part.close();
          } catch (Exception problem) {
            throw new CompletionException(problem);
          }
        },
        work -> new Thread(work, "closing").start());
  }

  /** Closes them because of a problem, which stays the one that is told. */
  void closeAfter(Throwable problem) {
    try {
      close();
    } catch (IllegalStateException another) {
      problem.addSuppressed(another);
    }
  }
}

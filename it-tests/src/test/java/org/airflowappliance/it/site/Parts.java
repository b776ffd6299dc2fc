package org.airflowappliance.it.site;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What has to be closed at the end, the last one first, whatever happens to the others. */
final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public synchronized void close() {
    List<Exception> problems = new ArrayList<>();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception problem) {
        // the other parts are closed all the same
        problems.add(problem);
      }
    }
    if (!problems.isEmpty()) {
      IllegalStateException all = new IllegalStateException("the site was not closed whole");
      problems.forEach(all::addSuppressed);
      throw all;
    }
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

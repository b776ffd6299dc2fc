package org.airflowappliance.cluster;

import java.util.Comparator;

/**
 * One thing that is wrong in a file of the operator's.
 *
 * @param file as the operator named it
 * @param line counted from 1; 0 when it is about the whole file
 * @param column counted from 1; 0 when there is none
 * @param path of the value, such as {@code nodes[2].address}; may be empty
 * @param message what is wrong, with both values, and what to do
 */
public record Problem(String file, int line, int column, String path, String message)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** The whole line for the operator. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file);
    if (line > 0) {
      text.append(':').append(line);
    }
    if (column > 0) {
      text.append(':').append(column);
    }
    if (!path.isEmpty()) {
      text.append(' ').append(path);
    }
    return text.append(": ").append(message).toString();
  }
}

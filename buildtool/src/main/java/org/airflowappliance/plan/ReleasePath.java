package org.airflowappliance.plan;

/**
 * Where a file stands in a release, relative to its root.
 *
 * @param value names joined by {@code /}
 */
public record ReleasePath(String value) implements Comparable<ReleasePath> {
  public ReleasePath {
    if (!value.matches("[A-Za-z0-9_+~^.-]+(/[A-Za-z0-9_+~^.-]+)*")
        || ("/" + value + "/").matches(".*/\\.{1,2}/.*")) {
      throw new IllegalArgumentException("'" + value + "' is not a path of a release");
    }
  }

  @Override
  public int compareTo(ReleasePath other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

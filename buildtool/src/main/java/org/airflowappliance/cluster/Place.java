package org.airflowappliance.cluster;

/**
 * Where a text stands in its file, both counted from 1.
 *
 * @param line of the file
 * @param column in characters
 */
record Place(int line, int column) implements Comparable<Place> {
  /** For what concerns the whole file. */
  static final Place FILE = new Place(0, 0);

  @Override
  public int compareTo(Place other) {
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }
}

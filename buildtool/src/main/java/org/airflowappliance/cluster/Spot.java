package org.airflowappliance.cluster;

/**
 * A value's position in the tree.
 *
 * @param pointer as JSON writes it: {@code /nodes/2/address}
 * @param shown as operators read it: {@code nodes[2].address}
 * @param depth number of steps from the root
 */
record Spot(String pointer, String shown, int depth) {
  static final Spot ROOT = new Spot("", "", 0);

  Spot child(String key) {
    String escaped = key.replace("~", "~0").replace("/", "~1");
    String name = key.matches("[A-Za-z0-9_<-]{1,80}") ? key : Problems.quote(key);
    return new Spot(
        pointer + "/" + escaped, shown.isEmpty() ? name : shown + "." + name, depth + 1);
  }

  Spot item(int index) {
    return new Spot(pointer + "/" + index, shown + "[" + index + "]", depth + 1);
  }
}

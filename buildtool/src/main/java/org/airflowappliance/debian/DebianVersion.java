package org.airflowappliance.debian;

/**
 * Version of a Debian package, ordered as dpkg orders it.
 *
 * @param text {@code [epoch:]upstream[-revision]}
 */
record DebianVersion(String text) implements Comparable<DebianVersion> {
  DebianVersion {
    if (!text.matches("[0-9]+:[0-9A-Za-z.+~:-]+|[0-9A-Za-z.+~-]+")) {
      throw new IllegalArgumentException("'" + text + "' is not a version of a Debian package");
    }
  }

  private String epoch() {
    int colon = text.indexOf(':');
    return colon < 0 ? "0" : text.substring(0, colon);
  }

  private String upstream() {
    String rest = text.substring(text.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private String revision() {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? "" : text.substring(dash + 1);
  }

  @Override
  public int compareTo(DebianVersion other) {
    int order = compare(epoch(), other.epoch());
    order = order != 0 ? order : compare(upstream(), other.upstream());
    return order != 0 ? order : compare(revision(), other.revision());
  }

  /** Compares by turns a part without digits and a number. */
  private static int compare(String left, String right) {
    int l = 0;
    int r = 0;
    while (l < left.length() || r < right.length()) {
      while (isText(left, l) || isText(right, r)) {
        int order = Integer.compare(weight(left, l), weight(right, r));
        if (order != 0) {
          return order;
        }
        l++;
        r++;
      }
      int leftEnd = digitsEnd(left, l);
      int rightEnd = digitsEnd(right, r);
      int order = number(left.substring(l, leftEnd), right.substring(r, rightEnd));
      if (order != 0) {
        return order;
      }
      l = leftEnd;
      r = rightEnd;
    }
    return 0;
  }

  private static boolean isText(String text, int at) {
    return at < text.length() && !isDigit(text.charAt(at));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Tilde sorts before the end, letters before all other signs. */
  private static int weight(String text, int at) {
    if (at >= text.length() || isDigit(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    return letter ? c : c + 256;
  }

  private static int digitsEnd(String text, int start) {
    int end = Math.min(start, text.length());
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Numbers of any length. */
  private static int number(String left, String right) {
    String l = left.replaceFirst("^0+", "");
    String r = right.replaceFirst("^0+", "");
    return l.length() != r.length() ? Integer.compare(l.length(), r.length()) : l.compareTo(r);
  }

  @Override
  public String toString() {
    return text;
  }
}

package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.List;

/**
 * Text for people: paragraphs, between which there is an empty line, in lines that fit a terminal.
 */
final class Paragraphs {
  private static final int WIDTH = 76;

  private Paragraphs() {}

  /** The same paragraphs with lines of at most 76 characters, as rpmlint wants a description. */
  static String wrapped(String text) {
    List<String> paragraphs = new ArrayList<>();
    for (String paragraph : text.strip().split("\n\\s*\n")) {
      paragraphs.add(one(paragraph.strip().split("\\s+")));
    }
    return String.join("\n\n", paragraphs);
  }

  private static String one(String[] words) {
    StringBuilder lines = new StringBuilder();
    int column = 0;
    for (String word : words) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        lines.append('\n');
        column = 0;
      } else if (column > 0) {
        lines.append(' ');
        column++;
      }
      lines.append(word);
      column += word.length();
    }
    return lines.toString();
  }
}

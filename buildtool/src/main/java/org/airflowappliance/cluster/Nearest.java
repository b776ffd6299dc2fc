package org.airflowappliance.cluster;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody meant. */
final class Nearest {
  private Nearest() {}

  /** The known word with the fewest typing mistakes, when they are few for its length. */
  static Optional<String> to(String word, Collection<String> known) {
    return known.stream()
        .filter(candidate -> mistakes(word, candidate) <= Math.max(1, candidate.length() / 3))
        .min(
            Comparator.<String>comparingInt(candidate -> mistakes(word, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's distance, without regard to case and to '_' and '-'. */
  private static int mistakes(String left, String right) {
    String a = plain(left);
    String b = plain(right);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static String plain(String word) {
    String cut = word.length() > 60 ? word.substring(0, 60) : word;
    return cut.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
  }
}

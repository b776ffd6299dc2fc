package org.airflowappliance.diff;

import java.util.List;

/**
 * One thing that is not the same in two releases.
 *
 * @param headline what and where
 * @param details what changed inside, a line each
 */
public record Difference(String headline, List<String> details) {
  public Difference {
    details = List.copyOf(details);
  }

  Difference(String headline) {
    this(headline, List.of());
  }
}

package org.airflowappliance.bucket;

import java.util.List;

/**
 * What is told of one policy or user, and what is done about it.
 *
 * @param line how people read it: {@code +} is made, {@code ~} is changed, {@code -} is removed,
 *     {@code =} stays as it is
 * @param deeds in this order; none when all stays as it is
 */
record AccessChange(String line, List<Deed> deeds) {
  AccessChange {
    deeds = List.copyOf(deeds);
  }

  AccessChange(String line, Deed... deeds) {
    this(line, List.of(deeds));
  }
}

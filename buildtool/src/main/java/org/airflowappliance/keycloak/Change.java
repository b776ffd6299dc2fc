package org.airflowappliance.keycloak;

import java.util.List;

/**
 * One thing of the realm that becomes another.
 *
 * @param lines how people read it: {@code +} is made, {@code ~} is changed, {@code -} is removed
 * @param requests that do it, in this order; none when it is only told
 */
record Change(List<String> lines, List<Request> requests) {
  Change {
    lines = List.copyOf(lines);
    requests = List.copyOf(requests);
  }

  Change(String line, Request request) {
    this(List.of(line), List.of(request));
  }

  boolean isToldOnly() {
    return requests.isEmpty();
  }
}

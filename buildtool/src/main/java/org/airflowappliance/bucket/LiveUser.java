package org.airflowappliance.bucket;

import java.util.Set;
import java.util.TreeSet;

/**
 * A user as MinIO knows it, by its access key.
 *
 * @param policies attached to it
 * @param enabled whether its keys are taken
 */
record LiveUser(Set<String> policies, boolean enabled) {
  LiveUser {
    policies = Set.copyOf(policies);
  }

  /** In one order, for people. */
  String policyNames() {
    return String.join(", ", new TreeSet<>(policies));
  }
}

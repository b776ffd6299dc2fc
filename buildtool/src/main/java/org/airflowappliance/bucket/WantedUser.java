package org.airflowappliance.bucket;

import java.util.Set;

/**
 * A user that a server shall know.
 *
 * @param keys its access key, which is its name, and its secret
 * @param policies attached to it, and no others
 * @param title how people call it: the policy that is its own
 */
record WantedUser(StoreKeys keys, Set<String> policies, String title) {
  WantedUser {
    policies = Set.copyOf(policies);
  }
}

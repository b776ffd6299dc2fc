package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.plan.PolicyNames;

/** A server's policies and users on their way to the wanted ones; nothing is done here. */
final class AccessPlanning {
  private final PolicyNames names;
  private final LiveAccess live;
  private final boolean adopt;
  private final List<AccessChange> changes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private AccessPlanning(PolicyNames names, LiveAccess live, boolean adopt) {
    this.names = names;
    this.live = live;
    this.adopt = adopt;
  }

  /**
   * The changes: policies before the users that have them, and last those that nobody has any more.
   *
   * @param adopt whether wanted users that have other policies lose them
   * @throws BucketProblem with all that stands in the way
   */
  static List<AccessChange> of(
      PolicyNames names,
      List<AccessPolicy> policies,
      List<WantedUser> users,
      LiveAccess live,
      boolean adopt) {
    AccessPlanning planning = new AccessPlanning(names, live, adopt);
    policies.forEach(planning::policy);
    users.forEach(planning::user);
    planning.leftoverUsers(users);
    planning.leftoverPolicies(policies);
    if (!planning.problems.isEmpty()) {
      throw new BucketProblem(String.join(System.lineSeparator(), planning.problems));
    }
    return planning.changes;
  }

  private void policy(AccessPolicy policy) {
    JsonNode there = live.policies().get(policy.name());
    String what = "policy " + policy.name();
    Deed put = new Deed.PutPolicy(policy.name(), policy.policy());
    if (there == null) {
      changes.add(new AccessChange("+ " + what, put));
    } else if (policy.isSame(there)) {
      changes.add(new AccessChange("= " + what));
    } else {
      changes.add(new AccessChange("~ " + what, put));
    }
  }

  private void user(WantedUser user) {
    String id = user.keys().id();
    LiveUser there = live.users().get(id);
    Deed attach = new Deed.Attach(id, user.policies());
    String what = "user of " + user.title();
    if (there == null) {
      changes.add(new AccessChange("+ " + what, new Deed.MakeUser(user.keys()), attach));
    } else if (!adopt && !foreign(there).isEmpty()) {
      problems.add(
          "%s: is a user at the server already that has the policies %s; --adopt takes them from it, or choose another key"
              .formatted(user.keys(), there.policyNames()));
    } else if (!there.enabled()) {
      changes.add(
          new AccessChange("= " + what + ": it is disabled at the server; enable it there"));
    } else if (!live.fitting().contains(id)) {
      changes.add(
          new AccessChange(
              "~ " + what + ": its secret is another one now",
              new Deed.RemoveUser(id),
              new Deed.MakeUser(user.keys()),
              new Deed.EndSessions(id),
              attach));
    } else if (there.policies().equals(user.policies())) {
      changes.add(new AccessChange("= " + what));
    } else if (there.policies().isEmpty()) {
      // an apply that gave it another secret may have stopped before the sessions were ended
      changes.add(
          new AccessChange(
              "~ " + what + ": it had no policies; what was derived from it ends",
              new Deed.EndSessions(id),
              attach));
    } else {
      changes.add(
          new AccessChange("~ " + what + ": it had the policies " + there.policyNames(), attach));
    }
  }

  private Set<String> foreign(LiveUser user) {
    Set<String> foreign = new TreeSet<>(user.policies());
    foreign.removeIf(names::isOwn);
    return foreign;
  }

  /** Whoever has a policy of this cluster and is not wanted: a tenant has gone, or a key. */
  private void leftoverUsers(List<WantedUser> wanted) {
    TreeMap<String, LiveUser> rest = new TreeMap<>(live.users());
    wanted.forEach(each -> rest.remove(each.keys().id()));
    rest.forEach(
        (id, user) -> {
          if (user.policies().stream().noneMatch(names::isOwn)) {
            return;
          }
          Set<String> others = foreign(user);
          changes.add(
              others.isEmpty()
                  ? new AccessChange(
                      "- user %s: had %s".formatted(id, user.policyNames()),
                      new Deed.RemoveUser(id))
                  : new AccessChange(
                      "~ user %s: it had %s and keeps %s"
                          .formatted(id, user.policyNames(), String.join(", ", others)),
                      new Deed.Attach(id, others)));
        });
  }

  private void leftoverPolicies(List<AccessPolicy> wanted) {
    Set<String> gone = new TreeSet<>(live.policies().keySet());
    gone.removeIf(name -> !names.isOwn(name));
    wanted.forEach(each -> gone.remove(each.name()));
    Set<String> tenants = new LinkedHashSet<>();
    for (String name : gone) {
      changes.add(new AccessChange("- policy " + name, new Deed.RemovePolicy(name)));
      Optional<String> tenant = names.tenant(name);
      tenant.ifPresent(tenants::add);
    }
    tenants.forEach(tenant -> changes.add(new AccessChange(kept(tenant, gone))));
  }

  /** The old policies say where the tenant's data are, whatever its folder was called. */
  private String kept(String tenant, Set<String> gone) {
    Set<String> places = new TreeSet<>();
    for (String name : gone) {
      if (names.tenant(name).equals(Optional.of(tenant))) {
        for (JsonNode statement : live.policies().get(name).path("Statement")) {
          statement.path("Resource").forEach(each -> places.add(each.asText()));
        }
      }
    }
    places.removeIf(each -> !each.endsWith("*"));
    return "= data of %s: %s are kept; to delete them, remove with an administrator's keys what begins so"
        .formatted(
            tenant,
            String.join(
                ", ",
                places.stream().map(each -> each.replaceFirst("^arn:aws:s3:::", "")).toList()));
  }
}

package org.airflowappliance.cluster;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks the teams: each by itself, and that none has what is another's. */
final class TenantChecks {
  /** What the second network policy of a tenant ends with; see manifests/tenant/objects.yaml. */
  private static final String POD_OPERATOR = "-pod-operator";

  /** Of a namespace in Kubernetes. */
  private static final int LONGEST = 63;

  private TenantChecks() {}

  static void check(Part cluster) {
    List<Part> tenants = cluster.child("tenants").items();
    names(tenants);
    roles(cluster.child("oidc").child("roles"), tenants);
    prefixes(tenants);
    slots(cluster, tenants);
    Optional<String> namespace = cluster.child("kubernetes").text("namespace");
    for (Part tenant : tenants) {
      namespace.ifPresent(name -> workNamespace(tenant, name));
      tenant.child("egress").items().forEach(rule -> WorkerChecks.block(rule.child("cidr")));
      amounts(tenant, cluster.child("workers"));
      ImageHost.check(tenant.child("worker").child("image"));
      tenant.child("worker").child("allowedImages").items().forEach(ImageHost::check);
    }
  }

  private static void names(List<Part> tenants) {
    Map<String, Part> first = new HashMap<>();
    for (Part tenant : tenants) {
      Part name = tenant.child("name");
      name.text()
          .map(text -> first.putIfAbsent(text, name))
          .ifPresent(
              other ->
                  name.problem(
                      "'%s' is already the tenant of line %d; give each its own name"
                          .formatted(name.text().orElseThrow(), other.line())));
      name.text()
          .filter(text -> text.endsWith(POD_OPERATOR))
          .ifPresent(
              text ->
                  name.problem(
                      "'%s' ends as a network policy of tenant '%s' would; choose another name"
                          .formatted(
                              text, text.substring(0, text.length() - POD_OPERATOR.length()))));
    }
  }

  /** A role that meant two things would give people more than one place of the file says. */
  private static void roles(Part common, List<Part> tenants) {
    Map<String, Part> first = new HashMap<>(common.fields());
    for (Part tenant : tenants) {
      tenant
          .child("roles")
          .fields()
          .forEach(
              (name, role) -> {
                Part other = first.putIfAbsent(name, role);
                if (other != null) {
                  role.keyProblem(
                      "'%s' stands at %s already; give each its own role of the provider"
                          .formatted(name, other.spot().shown()));
                }
              });
    }
  }

  /** A tenant's folder is nobody else's. */
  private static void prefixes(List<Part> tenants) {
    List<Part> before = new ArrayList<>();
    for (Part tenant : tenants) {
      Optional<String> own = prefix(tenant);
      for (Part other : before) {
        Optional<String> theirs = prefix(other);
        if (own.isPresent() && theirs.isPresent() && overlap(own.get(), theirs.get())) {
          Part place = tenant.child("dagPrefix").present() ? tenant.child("dagPrefix") : tenant;
          place.problem(
              "its DAG folder '%s' and '%s' of the tenant of line %d lie in each other; let them lie beside each other"
                  .formatted(own.get(), theirs.get(), other.line()));
          break;
        }
      }
      before.add(tenant);
    }
  }

  /**
   * Where all schedulers are full, a team waits for another's tasks and not for its own. Counted
   * with all nodes up; the operators' own DAGs, which nothing bounds, come on top.
   */
  private static void slots(Part cluster, List<Part> tenants) {
    Part setting = cluster.child("airflow").child("config").child("core").child("parallelism");
    int nodes = cluster.child("nodes").items().size();
    int parallelism = Parallelism.of(setting.text().orElse(""));
    List<Part> slots = tenants.stream().map(TenantChecks::slots).toList();
    if (nodes == 0 || slots.stream().anyMatch(each -> !each.node().isIntegralNumber())) {
      return;
    }
    long sum = slots.stream().mapToLong(each -> each.node().longValue()).sum();
    long most = (long) nodes * parallelism;
    if (sum > most) {
      cluster
          .child("tenants")
          .problem(
              "their poolSlots (quota.pods where left out) are %,d in all, and %d nodes run %,d tasks at a time, %,d each, so that teams would wait for each other; give them %,d fewer, or raise core.parallelism to %,d"
                  .formatted(sum, nodes, most, parallelism, sum - most, (sum + nodes - 1) / nodes));
    }
  }

  private static Part slots(Part tenant) {
    Part slots = tenant.child("poolSlots");
    return slots.present() ? slots : tenant.child("quota").child("pods");
  }

  private static Optional<String> prefix(Part tenant) {
    Part prefix = tenant.child("dagPrefix");
    return prefix.present() ? prefix.text() : tenant.text("name");
  }

  private static boolean overlap(String one, String other) {
    return (one + "/").startsWith(other + "/") || (other + "/").startsWith(one + "/");
  }

  private static void workNamespace(Part tenant, String namespace) {
    Part name = tenant.child("name");
    name.text()
        .map(text -> namespace + "-" + text)
        .filter(work -> work.length() > LONGEST)
        .ifPresent(
            work ->
                name.problem(
                    "'%s', the namespace of its own pods, has %d characters, Kubernetes allows %d; choose a shorter name"
                        .formatted(work, work.length(), LONGEST)));
  }

  /** One pod has to fit into the quota. */
  private static void amounts(Part tenant, Part workers) {
    Part worker = tenant.child("worker");
    Part quota = tenant.child("quota");
    for (String resource : List.of("cpu", "memory")) {
      WorkerChecks.amount(worker, workers, resource);
      Optional<BigDecimal> all = WorkerChecks.quantity(quota.child(resource));
      Part request = WorkerChecks.given(worker, workers, resource + "Request");
      Optional<BigDecimal> one = request.text().flatMap(Quantity::of);
      if (all.isPresent() && one.isPresent() && one.get().compareTo(all.get()) > 0) {
        quota
            .child(resource)
            .problem(
                "'%s' is less than one pod's %s '%s'; raise it or lower the pod's"
                    .formatted(
                        quota.text(resource).orElseThrow(),
                        request.spot().shown(),
                        request.text().orElseThrow()));
      }
    }
  }
}

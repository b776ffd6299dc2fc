package org.airflowappliance.cluster;

import java.math.BigDecimal;
import java.util.Optional;

/** Checks what task pods get and where they may connect to. */
final class WorkerChecks {
  private WorkerChecks() {}

  static void check(Part workers) {
    amount(workers, workers, "cpu");
    amount(workers, workers, "memory");
    workers.child("egress").items().forEach(rule -> block(rule.child("cidr")));
  }

  /** Request and limit, each the block's own or else the usual one; noted where it is said. */
  static void amount(Part workers, Part usual, String resource) {
    Part request = given(workers, usual, resource + "Request");
    Part limit = given(workers, usual, resource + "Limit");
    Optional<BigDecimal> requested = quantity(request);
    Optional<BigDecimal> limited = quantity(limit);
    if (requested.isPresent()
        && limited.isPresent()
        && requested.get().compareTo(limited.get()) > 0) {
      Part own = workers.child(resource + "Request").present() ? request : limit;
      Part other = own == request ? limit : request;
      own.problem(
          own == request
              ? "'%s' is more than %s '%s'; lower it or raise the limit"
                  .formatted(said(request), limit.spot().shown(), said(limit))
              : "'%s' is less than %s '%s'; raise it or say a lower %sRequest, too"
                  .formatted(said(limit), other.spot().shown(), said(other), resource));
    }
  }

  /** A value of the block, or of the usual one where it is left out. */
  static Part given(Part workers, Part usual, String key) {
    return workers.child(key).present() ? workers.child(key) : usual.child(key);
  }

  private static String said(Part part) {
    return part.text().orElseThrow();
  }

  static Optional<BigDecimal> quantity(Part part) {
    Optional<BigDecimal> amount =
        part.text().flatMap(Quantity::of).filter(value -> value.signum() > 0);
    if (part.text().isPresent() && amount.isEmpty()) {
      part.problem(
          "%s is not an amount above zero as Kubernetes writes it; such as 500m or 2 for cpu, 512Mi or 2Gi for memory"
              .formatted(Problems.quote(part.text().get())));
    }
    return amount;
  }

  /** A block of addresses as a NetworkPolicy takes it. */
  static void block(Part cidr) {
    cidr.text().flatMap(WorkerChecks::problem).ifPresent(cidr::problem);
  }

  private static Optional<String> problem(String text) {
    String quoted = Problems.quote(text);
    if (text.matches("(?=.*[A-Za-z])[A-Za-z0-9._*-]+(:[0-9]+)?")) {
      return Optional.of(
          quoted
              + " is a host name, and a NetworkPolicy knows no host names; give the block of addresses that it has, such as 192.168.11.7/32");
    }
    String[] halves = text.split("/", -1);
    Optional<Ipv4> address = Ipv4.of(halves[0]);
    if (address.isPresent() && halves.length == 1) {
      return Optional.of("%s has no length; write '%s/32' for one machine".formatted(quoted, text));
    }
    if (halves.length != 2 || address.isEmpty() || !halves[1].matches("[0-9]|[12][0-9]|3[0-2]")) {
      return Optional.of(
          quoted + " is not a block of IPv4 addresses; write ADDRESS/LENGTH, such as 10.1.0.0/16");
    }
    Ipv4 network = address.get().network(Ipv4.mask(Integer.parseInt(halves[1])));
    return network.equals(address.get())
        ? Optional.empty()
        : Optional.of(
            "%s has ones after its first %s bits; write '%s/%s', or '%s/32' for one machine"
                .formatted(quoted, halves[1], network, halves[1], halves[0]));
  }
}

package org.airflowappliance.cluster;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Checks what the appliance connects to: balancer, database, S3, Keycloak, Kubernetes. */
final class ServiceChecks {
  private ServiceChecks() {}

  static void check(Part cluster) {
    loadBalancer(cluster.child("loadBalancer"));
    database(cluster);
    objectStore(cluster.child("objectStore"));
    oidc(cluster.child("oidc"));
    WebAddress.check(
        cluster.child("kubernetes").child("api"),
        WebAddress.Tail.NO_SLASH_AT_END,
        List.of("https"));
  }

  private static void loadBalancer(Part balancer) {
    Part url = balancer.child("url");
    Part tls = balancer.child("tls");
    Optional<URI> address = WebAddress.check(url, WebAddress.Tail.NONE);
    if (address.isEmpty()) {
      return;
    }
    boolean https = address.get().getScheme().equals("https");
    if (https && !tls.present()) {
      url.problem(
          "'%s' is https, so the nodes need a certificate; add loadBalancer.tls with the paths of certificate and key on the nodes"
              .formatted(address.get()));
    }
    if (!https && tls.present()) {
      tls.keyProblem(
          "a certificate is named, but loadBalancer.url '%s' is http; write https there or remove tls"
              .formatted(address.get()));
    }
  }

  private static void database(Part cluster) {
    Part database = cluster.child("database");
    Part host = database.child("host");
    host(host);
    reachable(database, host, host.text());
    String mode = database.text("sslmode").orElse("");
    if (mode.startsWith("verify-")
        && !database.child("ca").present()
        && !cluster.child("caFile").present()) {
      database
          .child("sslmode")
          .problem(
              "'%s' checks the server against a CA, but none is named; add database.ca with its PEM file"
                  .formatted(mode));
    }
  }

  /** What is known by name only needs its addresses, or no task pod would reach it. */
  private static void reachable(Part service, Part place, Optional<String> host) {
    Part cidrs = service.child("cidrs");
    cidrs.items().forEach(WorkerChecks::block);
    if (host.isEmpty() || place.text().isEmpty() || !cidrs.items().isEmpty()) {
      return;
    }
    if (Ipv4.of(host.get()).isEmpty()) {
      place.problem(
          "'%s' is a host name, and the NetworkPolicy of the task pods knows no host names; add %s with the blocks of addresses that it has, such as [192.168.11.7/32]"
              .formatted(host.get(), cidrs.spot().shown()));
    }
  }

  /** A name made of digits and dots only is an address with a mistake. */
  static void host(Part part) {
    part.text()
        .filter(text -> text.matches("[0-9.]+") && Ipv4.of(text).isEmpty())
        .ifPresent(
            text ->
                part.problem(
                    "%s is not an IPv4 address; write four numbers from 0 to 255 without leading zeros"
                        .formatted(Problems.quote(text))));
  }

  private static void objectStore(Part store) {
    Part endpoint = store.child("endpoint");
    Optional<URI> address = WebAddress.check(endpoint, WebAddress.Tail.NONE);
    reachable(store, endpoint, address.map(URI::getHost));
    Optional<String> dags = store.text("dagPrefix");
    Optional<String> logs = store.text("logPrefix");
    if (dags.isEmpty() || logs.isEmpty()) {
      return;
    }
    if ((logs.get() + "/").startsWith(dags.get() + "/")) {
      overlap(store.child("logPrefix"), "dagPrefix", dags.get());
    } else if ((dags.get() + "/").startsWith(logs.get() + "/")) {
      overlap(store.child("dagPrefix"), "logPrefix", logs.get());
    }
  }

  private static void oidc(Part oidc) {
    WebAddress.check(oidc.child("issuer"), WebAddress.Tail.NO_SLASH_AT_END);
    WebAddress.check(oidc.child("serverUrl"), WebAddress.Tail.NO_SLASH_AT_END);
    Optional<String> client = oidc.text("client");
    oidc.child("machines")
        .fields()
        .forEach(
            (name, machine) -> {
              if (client.equals(Optional.of(name))) {
                machine.keyProblem(
                    "'%s' is oidc.client, which people sign in with; give the machine a client of its own"
                        .formatted(name));
              }
            });
  }

  private static void overlap(Part inner, String otherKey, String other) {
    inner.problem(
        "'%s' lies in %s '%s', so who reads DAGs would read logs; let them lie beside each other"
            .formatted(inner.text().orElseThrow(), otherKey, other));
  }
}

package org.airflowappliance.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks the machines: each by itself, and that no two have the same name or address. */
final class NodeChecks {
  private NodeChecks() {}

  static void check(List<Part> nodes) {
    unique(nodes, "name", "name");
    unique(nodes, "address", "address");
    unique(nodes, "mac", "MAC address");
    for (Part node : nodes) {
      mac(node.child("mac"));
      node.child("dns").items().forEach(NodeChecks::host);
      network(node, nodes);
    }
  }

  private static void unique(List<Part> nodes, String key, String meaning) {
    Map<String, Part> first = new HashMap<>();
    for (Part node : nodes) {
      node.text(key)
          .ifPresent(
              value -> {
                Part other = first.putIfAbsent(value.toLowerCase(Locale.ROOT), node);
                if (other != null) {
                  String who =
                      key.equals("name")
                          ? "the node of line " + other.line()
                          : other.text("name").orElse(other.spot().shown());
                  node.child(key)
                      .problem(
                          "%s is already the %s of %s; give each node its own"
                              .formatted(Problems.quote(value), meaning, who));
                }
              });
    }
  }

  private static void mac(Part mac) {
    mac.text()
        .filter(text -> (Integer.parseInt(text.substring(0, 2), 16) & 1) == 1)
        .ifPresent(
            text ->
                mac.problem(
                    "%s is a group's MAC address (its first pair is odd); copy the network card's own"
                        .formatted(Problems.quote(text))));
    mac.text()
        .filter(text -> text.matches("[0:]+"))
        .ifPresent(
            text ->
                mac.problem(
                    "%s is no network card's MAC address; copy the card's own"
                        .formatted(Problems.quote(text))));
  }

  private static Optional<Ipv4> host(Part part) {
    Optional<Ipv4> address = part.text().flatMap(Ipv4::of).filter(Ipv4::isHost);
    if (part.text().isPresent() && address.isEmpty()) {
      part.problem(
          "%s is not the IPv4 address of a machine; write four numbers from 0 to 255 without leading zeros, such as 10.0.0.120"
              .formatted(Problems.quote(part.text().get())));
    }
    return address;
  }

  private static Optional<Ipv4> mask(Part part) {
    Optional<Ipv4> mask =
        part.text()
            .flatMap(Ipv4::of)
            .filter(ip -> ip.isMask() && ip.length() >= 8 && ip.length() <= 30);
    if (part.text().isPresent() && mask.isEmpty()) {
      part.problem(
          "%s is not a netmask with room for nodes; write one from 255.0.0.0 to 255.255.255.252"
              .formatted(Problems.quote(part.text().get())));
    }
    return mask;
  }

  private static void network(Part node, List<Part> nodes) {
    Optional<Ipv4> gateway = host(node.child("gateway"));
    Optional<Ipv4> address = host(node.child("address"));
    Optional<Ipv4> mask = mask(node.child("netmask"));
    if (mask.isPresent()) {
      address.ifPresent(ip -> reserved(node.child("address"), ip, mask.get()));
    }
    if (gateway.isEmpty() || address.isEmpty() || mask.isEmpty()) {
      return;
    }
    Ipv4 network = address.get().network(mask.get());
    Part part = node.child("gateway");
    if (!gateway.get().network(mask.get()).equals(network)) {
      part.problem(
          "'%s' lies outside the node's network %s/%d; give a gateway in it"
              .formatted(gateway.get(), network, mask.get().length()));
      return;
    }
    reserved(part, gateway.get(), mask.get());
    taken(part, gateway.get(), nodes);
  }

  private static void reserved(Part part, Ipv4 ip, Ipv4 mask) {
    String what =
        ip.equals(ip.network(mask)) ? "network" : ip.equals(ip.broadcast(mask)) ? "broadcast" : "";
    if (!what.isEmpty()) {
      part.problem(
          "'%s' is the %s address of %s/%d; give one of a machine"
              .formatted(ip, what, ip.network(mask), mask.length()));
    }
  }

  private static void taken(Part gateway, Ipv4 ip, List<Part> nodes) {
    for (Part other : nodes) {
      if (other.text("address").equals(Optional.of(ip.toString()))) {
        gateway.problem(
            "'%s' is the address of %s; give the gateway's own"
                .formatted(ip, other.text("name").orElse(other.spot().shown())));
        return;
      }
    }
  }
}

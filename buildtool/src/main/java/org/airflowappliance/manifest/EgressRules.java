package org.airflowappliance.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.cluster.Cluster;

/** Where pods may connect to, as the {@code egress} list of a NetworkPolicy; JSON is YAML. */
final class EgressRules {
  /** Sorted: the same rules are the same text. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private static final List<String> ANYWHERE = List.of("0.0.0.0/0");

  private final List<Map<String, Object>> rules = new ArrayList<>();

  private EgressRules() {}

  /** PostgreSQL and S3. */
  static String ofAirflow(Cluster cluster) {
    Cluster.Database database = cluster.database();
    Cluster.ObjectStore store = cluster.objectStore();
    return new EgressRules()
        .with(blocks(database.host(), database.cidrs()), List.of(database.port()))
        .with(blocks(store.endpoint().getHost(), store.cidrs()), List.of(port(store.endpoint())))
        .json();
  }

  /** What cluster.yaml allows tasks. */
  static String of(List<Cluster.Egress> allowed) {
    EgressRules rules = new EgressRules();
    allowed.forEach(rule -> rules.with(Set.of(rule.cidr()), rule.ports()));
    return rules.json();
  }

  /** The API server; a NetworkPolicy knows no names, so one that has only a name is anywhere. */
  static String ofApi(Cluster cluster) {
    URI api = cluster.kubernetes().api();
    return new EgressRules()
        .with(
            blocks(api.getHost(), isAddress(api.getHost()) ? List.of() : ANYWHERE),
            List.of(port(api)))
        .json();
  }

  private EgressRules with(Set<String> cidrs, List<Integer> ports) {
    rules.add(
        Map.of(
            "to",
            cidrs.stream().map(cidr -> Map.of("ipBlock", Map.of("cidr", cidr))).toList(),
            "ports",
            ports.stream().map(port -> Map.of("protocol", "TCP", "port", port)).toList()));
    return this;
  }

  private static Set<String> blocks(String host, List<String> cidrs) {
    Set<String> blocks = new LinkedHashSet<>();
    if (isAddress(host)) {
      blocks.add(host + "/32");
    }
    blocks.addAll(cidrs);
    return blocks;
  }

  private static boolean isAddress(String host) {
    return host.matches("[0-9.]+");
  }

  private static int port(URI address) {
    int usual = address.getScheme().equals("https") ? 443 : 80;
    return address.getPort() < 0 ? usual : address.getPort();
  }

  private String json() {
    try {
      return JSON.writeValueAsString(rules);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("lists of maps are always JSON", problem);
    }
  }
}

package org.airflowappliance.cluster;

import java.net.URI;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Turns a checked tree into the {@link Cluster}. */
final class ClusterTree {
  private final Part root;
  private final CaFiles caFiles;

  ClusterTree(Part root, CaFiles caFiles) {
    this.root = root;
    this.caFiles = caFiles;
  }

  Cluster cluster() {
    Part airflow = root.child("airflow");
    return new Cluster(
        text(root, "name"),
        number(root, "release"),
        text(airflow, "version"),
        config(airflow.child("config")),
        ZoneId.of(text(root, "timeZone")),
        root.child("nodes").items().stream().map(ClusterTree::node).toList(),
        loadBalancer(root.child("loadBalancer")),
        database(root.child("database")),
        objectStore(root.child("objectStore")),
        oidc(root.child("oidc")),
        kubernetes(root.child("kubernetes")),
        workers(root.child("workers"), root.child("workers").child("egress")),
        new Cluster.Distribution(folder(text(root.child("distribution"), "url"))),
        provisioning(root.child("provisioning")),
        images(root.child("images")),
        caFiles.of(root.child("caFile")),
        root.child("tenants").items().stream().map(this::tenant).toList());
  }

  private static Map<String, Map<String, String>> config(Part config) {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    config.fields().forEach((name, section) -> sections.put(name, texts(section)));
    return sections;
  }

  /** Booleans as Airflow's own airflow.cfg writes them: True and False. */
  private static Map<String, String> texts(Part block) {
    Map<String, String> texts = new LinkedHashMap<>();
    block
        .fields()
        .forEach(
            (key, part) -> {
              String text = part.text().orElseThrow();
              boolean yes = part.node().isBoolean() && part.node().booleanValue();
              texts.put(key, part.node().isBoolean() ? (yes ? "True" : "False") : text);
            });
    return texts;
  }

  private static Cluster.Node node(Part node) {
    return new Cluster.Node(
        text(node, "name"),
        text(node, "address"),
        text(node, "netmask"),
        text(node, "gateway"),
        list(node.child("dns")),
        text(node, "mac").toLowerCase(Locale.ROOT),
        text(node, "disk"),
        number(node, "diskGiB"),
        number(node, "vcpu"),
        number(node, "memoryGiB"));
  }

  private static Cluster.LoadBalancer loadBalancer(Part balancer) {
    Part tls = balancer.child("tls");
    return new Cluster.LoadBalancer(
        URI.create(text(balancer, "url")), tls.text("certificate"), tls.text("key"));
  }

  private Cluster.Database database(Part database) {
    return new Cluster.Database(
        text(database, "host"),
        number(database, "port"),
        text(database, "name"),
        text(database, "user"),
        text(database, "sslmode"),
        caFiles.of(database.child("ca")),
        list(database.child("cidrs")));
  }

  private static Cluster.ObjectStore objectStore(Part store) {
    return new Cluster.ObjectStore(
        URI.create(text(store, "endpoint")),
        text(store, "region"),
        text(store, "bucket"),
        text(store, "dagPrefix"),
        text(store, "logPrefix"),
        store.child("pathStyle").node().booleanValue(),
        list(store.child("cidrs")));
  }

  private static Cluster.Oidc oidc(Part oidc) {
    String issuer = text(oidc, "issuer");
    return new Cluster.Oidc(
        URI.create(issuer),
        URI.create(oidc.text("serverUrl").orElse(issuer)),
        text(oidc, "client"),
        texts(oidc.child("roles")),
        number(oidc, "sessionMinutes"),
        texts(oidc.child("machines")),
        oidc.child("basicAuth").node().booleanValue());
  }

  private Cluster.Kubernetes kubernetes(Part kubernetes) {
    return new Cluster.Kubernetes(
        URI.create(text(kubernetes, "api")),
        caFiles.of(kubernetes.child("ca")),
        text(kubernetes, "namespace"),
        text(kubernetes, "minimumVersion"),
        Cluster.DagDelivery.valueOf(text(kubernetes, "dags").toUpperCase(Locale.ROOT)));
  }

  /** What pods of a block get; what it leaves out is as in {@code workers}. */
  private Cluster.Workers workers(Part block, Part egress) {
    Part usual = root.child("workers");
    return new Cluster.Workers(
        WorkerChecks.given(block, usual, "cpuRequest").text().orElseThrow(),
        WorkerChecks.given(block, usual, "memoryRequest").text().orElseThrow(),
        WorkerChecks.given(block, usual, "cpuLimit").text().orElseThrow(),
        WorkerChecks.given(block, usual, "memoryLimit").text().orElseThrow(),
        egress.items().stream().map(ClusterTree::egress).toList());
  }

  private static Cluster.Egress egress(Part rule) {
    return new Cluster.Egress(
        text(rule, "cidr"), list(rule.child("ports")).stream().map(Integer::valueOf).toList());
  }

  private static Cluster.Provisioning provisioning(Part provisioning) {
    return new Cluster.Provisioning(
        provisioning.text("rockyMirror").map(ClusterTree::folder),
        provisioning.text("epelMirror").map(ClusterTree::folder),
        list(provisioning.child("ntpServers")),
        list(provisioning.child("rootSshKeys")));
  }

  private static Cluster.Images images(Part images) {
    return new Cluster.Images(text(images, "registry"), images.text("base"));
  }

  private Tenant tenant(Part tenant) {
    Part quota = tenant.child("quota");
    Part worker = tenant.child("worker");
    Map<String, Integer> resources = new LinkedHashMap<>();
    quota
        .child("resources")
        .fields()
        .forEach((name, part) -> resources.put(name, part.node().intValue()));
    int pods = number(quota, "pods");
    return new Tenant(
        text(tenant, "name"),
        texts(tenant.child("roles")),
        tenant.text("dagPrefix").orElse(text(tenant, "name")),
        new Tenant.Quota(text(quota, "cpu"), text(quota, "memory"), pods, resources),
        tenant.child("poolSlots").present() ? number(tenant, "poolSlots") : pods,
        number(tenant, "maxActiveTasks"),
        workers(worker, tenant.child("egress")),
        worker.text("image"),
        list(worker.child("allowedImages")));
  }

  /** Addresses that paths are appended to end without a slash. */
  private static URI folder(String url) {
    return URI.create(url.replaceAll("/+$", ""));
  }

  private static List<String> list(Part part) {
    return part.items().stream().map(Part::text).flatMap(Optional::stream).toList();
  }

  private static String text(Part part, String key) {
    return part.text(key).orElseThrow();
  }

  private static int number(Part part, String key) {
    return part.child(key).node().intValue();
  }
}

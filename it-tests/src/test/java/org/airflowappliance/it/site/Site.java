package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.airflowappliance.template.Template;

/**
 * All that exists at a user's site before the appliance comes, started once for all tests, and the
 * releases built for it.
 */
public final class Site implements AutoCloseable {
  static final int KEYCLOAK = 7;
  static final int REGISTRY = 8;
  static final int BALANCER = 9;
  static final int KUBERNETES = 10;
  private static final int FIRST_NODE = 21;
  private static final int DATABASE = 5;
  private static final int STORE = 6;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Set<Integer> releases = new HashSet<>();
  private final Map<Integer, SystemdNode> nodes = new TreeMap<>();
  private final Secrets secrets = Secrets.random();
  private final SiteNetwork network;
  private final Database database;
  private final ObjectStore store;
  private final KubernetesDouble kubernetes;
  private final WebServer web;
  private final Map<String, ReleasedImage> images = new TreeMap<>();
  private Registry registry;
  private Kubernetes cluster;
  private Keycloak keycloak;
  private LoadBalancer balancer;

  Site() throws IOException {
    Owned.removeLeftovers(Docker.client());
    try {
      network = part(SiteNetwork.make());
      database = part(new Database(network, network.address(DATABASE), secrets));
      store = part(new ObjectStore(network, network.address(STORE), secrets));
      kubernetes =
          part(new KubernetesDouble(network.gateway(), Folders.target().resolve("kubernetes")));
      web = part(new WebServer(network.gateway()));
      prepareBucket();
    } catch (IOException | RuntimeException | Error problem) {
      closeAfter(problem);
      throw problem;
    }
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private void prepareBucket() throws IOException {
    Path file = Folders.target().resolve("secrets.env");
    Files.writeString(file, secrets.file());
    try {
      Appliance.run("bucket", "prepare", clusterFile(1).toString(), "--secrets", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  /** The suite's cluster with this release number; each number has other values. */
  public Path clusterFile(int release) throws IOException {
    Path template = Folders.itTests().resolve("site.yaml");
    Path file = Folders.target().resolve("site-" + release + ".yaml");
    Files.createDirectories(file.getParent());
    return Files.writeString(
        file,
        new Template("site.yaml", Files.readString(template))
            .fill(
                Map.of(
                    "release", Integer.toString(release),
                    "parallelism", Integer.toString(60 + release),
                    "network", network.prefix(),
                    "kubernetes", kubernetes.url(),
                    "kubernetesCa", kubernetes.certificate().toString(),
                    "distribution", web.url())));
  }

  /** The folder of a release, built when it is not there yet. */
  public synchronized Path release(int number) throws IOException {
    Path folder = Folders.target().resolve("release-" + number);
    if (!releases.contains(number)) {
      Appliance.run("build", clusterFile(number).toString(), "-o", folder.toString());
      releases.add(number);
    }
    return folder;
  }

  /** An image of release 1, loaded when it is not there yet. */
  public synchronized ReleasedImage image(String name) throws IOException {
    ReleasedImage image = images.get(name);
    if (image == null) {
      image = ReleasedImage.load(release(1).resolve("images/" + name + ".tar"));
      images.put(name, image);
    }
    return image;
  }

  /** Options of a container on the site's network. */
  public List<String> onNetwork() {
    return List.of("--network", network.id());
  }

  /** A registry of images. */
  public synchronized Registry registry() {
    if (registry == null) {
      registry = part(new Registry());
    }
    return registry;
  }

  /** Puts a release where the nodes fetch it. */
  public void publish(int number) throws IOException {
    web.serve(release(number));
  }

  /** Where nodes fetch the release. */
  public String distribution() {
    return web.url();
  }

  /** Machine 1 to 9: fresh at the first call, the same one later. */
  public synchronized SystemdNode machine(int number) {
    return nodes.computeIfAbsent(number, this::boot);
  }

  private SystemdNode boot(int number) {
    SystemdNode node =
        part(
            new SystemdNode("airflow" + number, network, network.address(FIRST_NODE + number - 1)));
    node.start();
    node.cutOff();
    return node;
  }

  /** What stands in secrets.env. */
  public Secrets secrets() {
    return secrets;
  }

  /** The metadata. */
  public Database database() {
    return database;
  }

  /** DAGs and logs. */
  public ObjectStore store() {
    return store;
  }

  /** Not started at first. */
  public KubernetesDouble kubernetes() {
    return kubernetes;
  }

  /** A real Kubernetes, started at the first call. */
  public synchronized Kubernetes cluster() {
    if (cluster == null) {
      String registry = network.address(REGISTRY) + ":5000";
      cluster = part(new Kubernetes(network, network.address(KUBERNETES), registry));
      cluster.start();
    }
    return cluster;
  }

  /** Keycloak, started at the first call; its client's page is the load balancer. */
  public synchronized Keycloak keycloak() {
    if (keycloak == null) {
      String airflow = "http://" + network.address(BALANCER) + ":8080";
      String secret = secrets.get("OIDC_CLIENT_SECRET");
      keycloak = part(new Keycloak(network, network.address(KEYCLOAK), airflow, secret));
    }
    return keycloak;
  }

  /** A load balancer over the machines 1 to 3, started at the first call. */
  public synchronized LoadBalancer balancer() {
    if (balancer == null) {
      List<String> webservers =
          IntStream.rangeClosed(1, 3)
              .mapToObj(each -> network.address(FIRST_NODE + each - 1) + ":8080")
              .toList();
      balancer = part(new LoadBalancer(network, network.address(BALANCER), webservers));
      balancer.start();
    }
    return balancer;
  }

  /** What to read after a failure. */
  String diagnosis() {
    StringBuilder text = new StringBuilder();
    nodes.values().stream()
        .filter(SystemdNode::isRunning)
        .forEach(node -> text.append(node.diagnosis()).append('\n'));
    if (cluster != null) {
      text.append(cluster.diagnosis()).append('\n');
    }
    if (keycloak != null) {
      text.append(keycloak.diagnosis()).append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    if (Boolean.getBoolean("it.keep")) {
      keep();
    }
    List<Exception> problems = new ArrayList<>();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception problem) {
        // the other parts are closed all the same
        problems.add(problem);
      }
    }
    if (!problems.isEmpty()) {
      IllegalStateException all = new IllegalStateException("the site was not closed whole");
      problems.forEach(all::addSuppressed);
      throw all;
    }
  }

  /** Leaves everything running for a look by hand until a file is removed. */
  private static void keep() {
    Path file = Folders.target().resolve("keep");
    try {
      Files.writeString(file, "");
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    System.err.println("the site stays until this file is removed: " + file);
    while (Files.exists(file)) {
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    }
  }

  private void closeAfter(Throwable problem) {
    try {
      close();
    } catch (IllegalStateException another) {
      problem.addSuppressed(another);
    }
  }
}

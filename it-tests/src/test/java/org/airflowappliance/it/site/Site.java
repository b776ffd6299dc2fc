package org.airflowappliance.it.site;

import static java.util.Map.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.airflowappliance.template.Template;

/** All that exists at a user's site before the appliance comes, and the releases built for it. */
public final class Site implements AutoCloseable {
  private static final int FIRST_NODE = 21;
  private static final Duration SESSION = Duration.ofMinutes(4);
  private static final int REGISTRY = 8;
  private static final String WEBSERVER_TLS =
      "\n  tls: {certificate: /etc/pki/tls/certs/airflow.pem, key: /etc/pki/tls/private/airflow.key}";

  private final Set<Integer> releases = new HashSet<>();
  private final Map<Integer, SystemdNode> nodes = new ConcurrentHashMap<>();
  private final Map<String, ReleasedImage> images = new TreeMap<>();
  private final Secrets secrets;
  private final SiteNetwork network;
  private final Database database;
  private final ObjectStore store;
  private final Surroundings surroundings;
  private final WebServer web;
  private final Parts parts;
  private final Path folder;
  private String allowedImage = "registry.example/nothing@sha256:" + "0".repeat(64);
  private Registry registry;

  /**
   * What a cluster file names besides the parts that every site of the tests has.
   *
   * @param kubernetes the API server's address
   * @param keycloak its address
   * @param loadBalancer where browsers go; with https every part speaks TLS
   * @param ca whose certificates to believe, PEM
   * @param distribution where nodes fetch the release; empty for the site's own web server
   */
  record Surroundings(
      String kubernetes,
      String keycloak,
      String loadBalancer,
      Path ca,
      Optional<String> distribution) {
    private boolean tls() {
      return loadBalancer.startsWith("https:");
    }
  }

  /**
   * A site of running parts.
   *
   * @param folder where its releases are built
   * @param parts what ends with the site
   */
  Site(
      SiteNetwork network,
      Secrets secrets,
      Database database,
      ObjectStore store,
      Surroundings surroundings,
      Path folder,
      Parts parts)
      throws IOException {
    this.network = network;
    this.secrets = secrets;
    this.database = database;
    this.store = store;
    this.surroundings = surroundings;
    this.folder = Files.createDirectories(folder);
    this.parts = parts;
    web = parts.add(new WebServer(network.gateway()));
  }

  /** An image that a task of a team may choose from release 2 on. */
  public void allow(String image) {
    allowedImage = image;
  }

  /** The address of node {@code number}. */
  static String nodeAddress(SiteNetwork network, int number) {
    return network.address(FIRST_NODE + number - 1);
  }

  /** The site's cluster with this release number; each number has other values. */
  public Path clusterFile(int release) throws IOException {
    Path template = Folders.itTests().resolve("site.yaml");
    Path file = folder.resolve("site-" + release + ".yaml");
    return Files.writeString(
        file, new Template("site.yaml", Files.readString(template)).fill(values(release)));
  }

  private Map<String, String> values(int release) throws IOException {
    Path tenants = Folders.itTests().resolve("tenants-" + release + ".yaml");
    return Map.ofEntries(
        entry("release", Integer.toString(release)),
        entry(
            "tenants",
            Files.readString(tenants)
                .replace("{{network}}", network.prefix())
                .replace("{{image}}", allowedImage)),
        entry("parallelism", Integer.toString(60 + release)),
        entry("network", network.prefix()),
        entry("sessionMinutes", Long.toString(SESSION.toMinutes())),
        entry("loadBalancer", surroundings.loadBalancer()),
        entry("webserverTls", surroundings.tls() ? WEBSERVER_TLS : ""),
        entry("sslmode", surroundings.tls() ? "verify-full" : "prefer"),
        entry("objectStore", store.url()),
        entry("keycloak", surroundings.keycloak()),
        entry("kubernetes", surroundings.kubernetes()),
        entry("ca", surroundings.ca().toString()),
        entry("distribution", distribution()));
  }

  /** The folder of a release, built when it is not there yet. */
  public synchronized Path release(int number) throws IOException {
    Path target = folder.resolve("release-" + number);
    if (!releases.contains(number)) {
      Appliance.run("build", clusterFile(number).toString(), "-o", target.toString());
      releases.add(number);
    }
    return target;
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

  /** The registry of images, started at the first call. */
  public synchronized Registry registry() {
    if (registry == null) {
      registry = parts.add(new Registry(network, network.address(REGISTRY)));
    }
    return registry;
  }

  /** Lets the nodes fetch what is in a folder: a release, or where releases are published. */
  public void serve(Path folder) {
    web.serve(folder);
  }

  /** The same with a release of {@link #release}. */
  public void publish(int number) throws IOException {
    serve(release(number));
  }

  /** Where nodes fetch the release. */
  public String distribution() {
    return surroundings.distribution().orElseGet(web::url);
  }

  /** Machine 1 to 9: fresh at the first call, the same one later. */
  public SystemdNode machine(int number) {
    return nodes.computeIfAbsent(number, this::boot);
  }

  private SystemdNode boot(int number) {
    SystemdNode node =
        parts.add(new SystemdNode("airflow" + number, network, nodeAddress(network, number)));
    node.start();
    node.cutOff();
    return node;
  }

  /** How long a session lasts, however busy: short, so that a test sees its end. */
  public Duration sessionLimit() {
    return SESSION;
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

  /** What to read after a failure. */
  String diagnosis() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(nodes)
        .values().stream()
            .filter(SystemdNode::isRunning)
            .forEach(node -> text.append(node.diagnosis()).append('\n'));
    return text.toString();
  }

  @Override
  public synchronized void close() {
    try {
      parts.close();
    } finally {
      images.values().forEach(ReleasedImage::remove);
      images.clear();
    }
  }
}

package org.airflowappliance.it.site;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.airflowappliance.file.Deletion;

/**
 * The whole cluster: a site with every real part, and three nodes installed from the release as the
 * README says it.
 */
public final class Cluster implements AutoCloseable {
  /** How the report calls the time until everything works. */
  public static final String UP = "site and three nodes are up";

  private static final int DATABASE = 5;
  private static final int STORE = 6;
  private static final int KEYCLOAK = 7;
  private static final int REGISTRY = 8;
  private static final int BALANCER = 9;
  private static final int KUBERNETES = 10;
  private static final int PACKAGES = 11;
  private static final int NODES = 3;
  static final String RELEASES = "airflow";
  private static final Duration START = Duration.ofMinutes(6);

  /** How far back task logs are worth reading after a failure. */
  private static final Duration RECENT = Duration.ofMinutes(15);

  private static final Duration LOGGED = Duration.ofSeconds(20);
  private static final Pattern REFERENCE =
      Pattern.compile("Reference:? (?:<code>)?([0-9a-f]{8})\\b");
  private static final List<String> UNITS =
      List.of(
          "airflow-secrets",
          "airflow-migrate",
          "airflow-dags",
          "airflow-webserver",
          "airflow-scheduler");

  private final Parts parts = new Parts();
  private final Report report = new Report();
  private final Map<String, Airflow> people = new ConcurrentHashMap<>();
  private final SiteNetwork network;
  private final MemoryPeaks memory;
  private final SiteCa ca;
  private final Site site;
  private final Kubernetes kubernetes;
  private final KubernetesClient client;
  private final Keycloak keycloak;
  private final LoadBalancer balancer;
  private final List<SystemdNode> nodes;
  private final Installation installation;
  private final PodLives pods;
  private String probe;

  Cluster() throws IOException {
    Owned.removeLeftovers(Docker.client());
    Path folder = Files.createDirectories(Folders.target().resolve("cluster"));
    TestImage.present();
    long begun = System.nanoTime();
    try (Start start = new Start(parts, report)) {
      Secrets secrets = Secrets.random();
      network = parts.add(SiteNetwork.make());
      memory = parts.add(new MemoryPeaks(network));
      String url = "https://" + network.address(BALANCER) + ":8080";
      Future<Kubernetes> kubernetesStart = start.part("Kubernetes", this::startKubernetes);
      ca = new SiteCa(folder.resolve("ca"));
      Future<Keycloak> keycloakStart = start.part("Keycloak", this::startKeycloak);
      Future<Database> databaseStart =
          start.part(
              "PostgreSQL",
              () -> new Database(network, network.address(DATABASE), secrets, Optional.of(ca)));
      Future<ObjectStore> storeStart =
          start.part("MinIO", () -> new ObjectStore(network, network.address(STORE), ca));
      Future<PublishedBucket> packagesStart = start.part("MinIO for packages", this::startPackages);
      Future<LoadBalancer> balancerStart = start.part("HAProxy", this::startBalancer);

      kubernetes = Start.done(kubernetesStart);
      client = parts.add(kubernetes.client());
      Path desk = desk(folder);
      PublishedBucket packages = Start.done(packagesStart);
      site =
          new Site(
              network,
              secrets,
              Start.done(databaseStart),
              Start.done(storeStart),
              new Site.Surroundings(
                  kubernetes.url(),
                  "https://" + network.address(KEYCLOAK) + ":8443",
                  url,
                  desk.resolve("site-ca.pem"),
                  Optional.of(packages.url(RELEASES))),
              folder,
              parts);
      List<Future<SystemdNode>> machines =
          IntStream.rangeClosed(1, NODES)
              .mapToObj(each -> start.step("machine " + each, () -> machine(each)))
              .toList();
      installation = new Installation(site, kubernetes, keycloakStart, packages, desk);
      Start.done(
          start.step(
              "README: at the desk",
              () -> {
                installation.prepare();
                return null;
              }));
      pods = parts.add(new PodLives(client, "airflow"));
      nodes = Start.all(machines);
      keycloak = Start.done(keycloakStart);
      balancer = Start.done(balancerStart);
      report.time("the site is up", begun);

      CyclicBarrier together = new CyclicBarrier(NODES);
      Start.all(
          nodes.stream()
              .map(node -> start.step("README: on " + node.name(), () -> installed(node, together)))
              .toList());
      report.time(UP, begun);
      facts();
    } catch (IOException | RuntimeException | Error problem) {
      keepStart(problem);
      parts.closeAfter(problem);
      throw problem;
    }
  }

  /** What to read when the start failed: how far it came, and what every part says. */
  private void keepStart(Throwable problem) {
    Path folder = Folders.failures().resolve("Cluster-start");
    try {
      report.write(Map.of());
      Evidence evidence = new Evidence(folder);
      evidence.keepContainers();
      for (SystemdNode node : parts.of(SystemdNode.class)) {
        evidence.keep(node.name() + ".txt", node::everything);
      }
      System.err.println("after the failure of the start read the files in " + folder);
    } catch (IOException | RuntimeException another) {
      problem.addSuppressed(another);
    }
  }

  /** A desk with what the site's administrators gave to the operator. */
  private Path desk(Path folder) throws IOException {
    Path desk = folder.resolve("desk");
    Deletion.of(desk);
    Files.createDirectories(desk);
    // one file for all servers; whose CA is which does not matter to those that read it
    Files.writeString(desk.resolve("site-ca.pem"), ca.pem() + kubernetes.certificate());
    ServerKey webserver = ca.issue("Airflow", network.address(BALANCER));
    Files.writeString(desk.resolve("airflow.pem"), webserver.certificate());
    Files.writeString(desk.resolve("airflow.key"), webserver.key());
    return desk;
  }

  private void facts() throws IOException {
    TestImage.used().forEach((name, reference) -> report.fact("image " + name, reference));
    report.fact("Kubernetes", client.getKubernetesVersion().getGitVersion());
    report.fact("PostgreSQL", site.database().query("SHOW server_version"));
    report.fact("Keycloak", keycloak.admin().serverInfo().getInfo().getSystemInfo().getVersion());
    report.fact("containerd", kubernetes.run("containerd", "--version"));
    report.fact("MinIO", site.store().version());
    report.fact("HAProxy", balancer.version());
    report.fact("registry", site.registry().version());
    report.fact("Chromium", Browser.version());
    report.fact(
        "nodes",
        nodes.get(0).run("systemctl --version | head -1; rpm --version; python3.9 --version"));
    report.fact("network policies", kubernetes.policyController());
  }

  private Kubernetes startKubernetes() {
    Kubernetes started =
        new Kubernetes(network, network.address(KUBERNETES), network.address(REGISTRY) + ":5000");
    started.start();
    return started;
  }

  private PublishedBucket startPackages() {
    OwnStore store = parts.add(new OwnStore(network, network.address(PACKAGES)));
    return parts.add(new PublishedBucket(store, "packages"));
  }

  private Keycloak startKeycloak() throws IOException {
    return new Keycloak(network, network.address(KEYCLOAK), ca);
  }

  private LoadBalancer startBalancer() {
    List<String> webservers =
        IntStream.rangeClosed(1, NODES)
            .mapToObj(each -> Site.nodeAddress(network, each) + ":8080")
            .toList();
    LoadBalancer started = new LoadBalancer(network, network.address(BALANCER), webservers, ca);
    started.start();
    return started;
  }

  private SystemdNode machine(int number) {
    SystemdNode node = site.machine(number);
    node.run("systemctl enable --now firewalld");
    return node;
  }

  private SystemdNode installed(SystemdNode node, CyclicBarrier together) throws IOException {
    installation.node(node, together);
    working(node);
    return node;
  }

  /** Waits until all units of a node do their work. */
  public static void working(SystemdNode node) {
    UNITS.forEach(unit -> node.untilUnit(unit + ".service", "active", START));
  }

  /** Who signed the certificates of all servers but Kubernetes. */
  public SiteCa ca() {
    return ca;
  }

  /** PostgreSQL, S3, the registry and the machines. */
  public Site site() {
    return site;
  }

  /** The metadata. */
  public Database database() {
    return site.database();
  }

  /** DAGs and logs. */
  public ObjectStore store() {
    return site.store();
  }

  /** The Kubernetes in which tasks run. */
  public Kubernetes kubernetes() {
    return kubernetes;
  }

  /** A client of it with every right. */
  public KubernetesClient client() {
    return client;
  }

  /** What became of each task's pod. */
  public PodLives pods() {
    return pods;
  }

  /** Who signs people in. */
  public Keycloak keycloak() {
    return keycloak;
  }

  /** Where people go. */
  public LoadBalancer balancer() {
    return balancer;
  }

  /** The three nodes. */
  public List<SystemdNode> nodes() {
    return nodes;
  }

  /** The operator's desk. */
  public Installation installation() {
    return installation;
  }

  /**
   * The most memory in bytes that each container was seen with, without what the kernel may drop.
   */
  public Map<String, Long> memory() {
    return memory.peaks();
  }

  /** What this run measured. */
  public Report report() {
    return report;
  }

  /** Airflow through the load balancer, as one of the realm's users. */
  public Airflow as(String user) {
    return people.computeIfAbsent(
        user, name -> Airflow.signedIn(balancer.url(), ca.trust(), name, keycloak.password()));
  }

  /** A browser whose steps a test takes by hand. */
  public SignInSteps steps() {
    return new SignInSteps(
        HttpClient.newBuilder().sslContext(ca.trustUnderAnyName()),
        balancer.url(),
        keycloak.issuer());
  }

  /** The people of the realm. */
  public People people() {
    return new People(keycloak.admin().realm("site"), keycloak.password());
  }

  /** A client of the identity provider that works for itself. */
  public Machine machine(String client) {
    return new Machine(
        client, keycloak.admin().realm("site"), keycloak.issuer(), balancer.url(), ca.trust());
  }

  /** Where one node's webserver answers, past the balancer. */
  public String webserver(SystemdNode node) {
    return "https://" + node.address() + ":8080";
  }

  /** Why somebody was refused: what a node's journal has under the reference that was shown. */
  public String reason(String shown) {
    Matcher found = REFERENCE.matcher(shown);
    if (!found.find()) {
      throw new AssertionError("no reference: " + shown);
    }
    String search = "journalctl --no-pager -o cat -u airflow-webserver -g " + found.group(1);
    AtomicReference<String> reason = new AtomicReference<>();
    until(
        "a node's journal has reference " + found.group(1),
        LOGGED,
        () ->
            nodes.stream()
                .map(node -> node.attempt(LOGGED, search).out())
                .filter(said -> said.contains(found.group(1)))
                .peek(said -> reason.set(said.split(found.group(1) + ": ", 2)[1].strip()))
                .findFirst()
                .isPresent());
    return reason.get();
  }

  /** Waits until a look says true, and says how long that took. */
  public Duration until(String what, Duration limit, Waiting.Look<Boolean> look) {
    return Waiting.until(what, limit, look, Boolean::booleanValue, () -> "");
  }

  /** Pushes a small image with a shell to the site's registry, once; gives its name for pods. */
  public synchronized String pushProbe() throws IOException {
    if (probe == null) {
      probe = pushedProbe();
    }
    return probe;
  }

  private String pushedProbe() throws IOException {
    String here = site.registry().address() + "/tools/probe:1";
    String image = TestImage.PROBE.reference().asCanonicalNameString();
    Docker.push(image, here);
    return site.registry().siteAddress()
        + "/tools/probe@"
        + site.registry().digest("tools/probe", "1");
  }

  /** What to read after a failure, as files in a folder. */
  void evidence(Path folder) throws IOException {
    Evidence evidence = new Evidence(folder);
    nodes.forEach(node -> evidence.keep(node.name() + ".txt", node::everything));
    evidence.keep("kubernetes.txt", kubernetes::diagnosis);
    evidence.keep("pods.txt", pods::toString);
    evidence.keep("task-logs.txt", () -> site.store().logs(RECENT));
    evidence.keep("keycloak.txt", keycloak::diagnosis);
    evidence.keep("balancer.txt", balancer::getLogs);
    evidence.keep("postgresql.txt", site.database()::log);
    try (Browser browser = new Browser(this, "ada")) {
      browser.signIn();
      browser.picture(folder.resolve("home.png"));
    } catch (RuntimeException | AssertionError problem) {
      // the cluster is in trouble, and that there is no page belongs to the evidence
      evidence.keep("no-page.txt", problem::toString);
    }
  }

  @Override
  public void close() {
    report.fact("looks at memory that failed", Integer.toString(memory.problems()));
    report.write(memory.peaks());
    Keep.ifAsked(this);
    parts.close();
  }
}

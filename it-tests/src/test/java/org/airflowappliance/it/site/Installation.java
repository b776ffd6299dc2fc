package org.airflowappliance.it.site;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Does what the README's installation page says, line by line as it stands there: at the operator's
 * desk with this machine's programs, on a node with the node's. Only `kubectl` is the suite's own
 * client, which asks the API server for a dry run first.
 */
public final class Installation {
  private static final Duration LIMIT = Duration.ofMinutes(9);
  private static final Set<String> ISSUED =
      Set.of("DATABASE_PASSWORD", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY");
  private static final String KEYCLOAK = "./appliance keycloak ";
  private static final String RELEASE = "./release ";
  private static final String PAGE = "## Your own cluster";

  private final Site site;
  private final Kubernetes kubernetes;
  private final Future<Keycloak> keycloak;
  private final PublishedBucket packages;
  private final Path desk;

  /**
   * At a desk.
   *
   * @param keycloak may still be on its way; waited for when it is needed
   * @param packages where releases are published
   * @param desk the folder in which the commands are typed; a new one
   */
  Installation(
      Site site,
      Kubernetes kubernetes,
      Future<Keycloak> keycloak,
      PublishedBucket packages,
      Path desk)
      throws IOException {
    this.site = site;
    this.kubernetes = kubernetes;
    this.keycloak = keycloak;
    this.packages = packages;
    this.desk = desk;
    Files.createDirectories(desk);
    Files.writeString(desk.resolve("kubeconfig"), kubernetes.getKubeConfigYaml());
    for (String command : List.of("appliance", "release")) {
      Files.createSymbolicLink(desk.resolve(command), Folders.project().resolve(command));
    }
  }

  /** The folder in which the commands are typed. */
  public Path desk() {
    return desk;
  }

  /** The commands of one of the page's blocks, without comments. */
  private static List<String> block(String heading, int number) throws IOException {
    String text = Files.readString(Folders.project().resolve("README.md"));
    String page = text.substring(text.indexOf(heading));
    return Arrays.stream(page.split("```")[2 * number + 1].split("\n"))
        .map(line -> line.replaceFirst("\\s+#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Everything at the desk: the release is built and published, Kubernetes prepared. */
  void prepare() throws IOException {
    for (String line : block(PAGE, 0)) {
      String said = atDesk(line);
      if (line.startsWith("./appliance init ")) {
        Files.copy(
            site.clusterFile(1), desk.resolve("cluster.yaml"), StandardCopyOption.REPLACE_EXISTING);
      } else if (line.startsWith("./appliance secrets new ")) {
        fillIn(issued(site.secrets()));
      } else if (line.startsWith(KEYCLOAK)) {
        Start.done(keycloak).giveRoles();
      } else if (line.startsWith("./appliance kubeconfig ")) {
        String[] parts = said.strip().split("=", 2);
        fillIn(Map.of(parts[0], parts[1]));
      }
    }
  }

  /** The next release, as the page says it; what the comparison with the former one printed. */
  public String prepare(int release) throws IOException {
    Files.copy(
        site.clusterFile(release),
        desk.resolve("cluster.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    String changes = "";
    for (String line : block(PAGE, 2)) {
      String said = atDesk(line);
      if (line.startsWith("./appliance diff ")) {
        changes = said;
      }
    }
    return changes;
  }

  /** The commands of another page, with these words for its own names; what each of them said. */
  public List<String> type(String heading, Map<String, String> words) throws IOException {
    return type(heading, 0, words, Map.of());
  }

  /** The same with another of the page's blocks, and with variables of the environment. */
  public List<String> type(
      String heading, int number, Map<String, String> words, Map<String, String> environment)
      throws IOException {
    List<String> said = new ArrayList<>();
    for (String line : block(heading, number)) {
      String typed = line;
      for (Map.Entry<String, String> each : words.entrySet()) {
        typed = typed.replace(each.getKey(), each.getValue());
      }
      said.add(atDesk(typed, environment));
    }
    return said;
  }

  /** {@code kubectl apply -k} of a folder of the release. */
  public void apply(String folder) throws IOException {
    atDesk("kubectl apply -k " + folder);
  }

  private String atDesk(String line) throws IOException {
    return atDesk(line, Map.of());
  }

  /** Whatever a line says at the desk; its output. */
  private String atDesk(String line, Map<String, String> environment) throws IOException {
    String typed = filled(line);
    if (typed.startsWith("kubectl apply -k ")) {
      Path folder = desk.resolve(typed.substring(typed.lastIndexOf(' ') + 1));
      try (KubernetesClient client = kubernetes.client()) {
        Kubectl.folder(client, folder);
      }
      return "";
    }
    if (typed.startsWith("kubectl ")) {
      try (KubernetesClient client = kubernetes.client()) {
        return Kubectl.labelled(client, typed);
      }
    }
    String[] piped = typed.split(" \\| kubectl apply --server-side -f -", -1);
    Program ran = shell(piped[0], environment);
    if (ran.code() != 0) {
      throw new AssertionError("README: " + typed + ": " + ran.code() + "\n" + ran.err());
    }
    if (piped.length == 2) {
      try (KubernetesClient client = kubernetes.client()) {
        Kubectl.text(client, ran.out());
      }
    }
    return ran.out();
  }

  private Program shell(String line, Map<String, String> environment) throws IOException {
    ProcessBuilder process = new ProcessBuilder("sh", "-c", line).directory(desk.toFile());
    process.environment().put("KUBECONFIG", desk.resolve("kubeconfig").toString());
    if (line.startsWith(KEYCLOAK)) {
      process.environment().put("KC_CLI_PASSWORD", Start.done(keycloak).administratorsPassword());
    }
    if (line.startsWith("./appliance bucket ")) {
      process.environment().putAll(site.store().administrator());
    }
    if (line.startsWith("./appliance publish ") || line.startsWith(RELEASE)) {
      process.environment().putAll(packages.environment());
    }
    if (line.startsWith("aws ")) {
      Map<String, String> administrator = site.store().administrator();
      process.environment().put("AWS_ACCESS_KEY_ID", administrator.get(ObjectStore.USER));
      process.environment().put("AWS_SECRET_ACCESS_KEY", administrator.get(ObjectStore.PASSWORD));
      process.environment().put("AWS_CA_BUNDLE", desk.resolve("site-ca.pem").toString());
    }
    process.environment().putAll(environment);
    return Program.attempt(LIMIT, process);
  }

  private String filled(String line) {
    return line.replace("HOST/PATH", site.registry().address() + "/airflow")
        .replace("URL", site.distribution())
        .replace("--dir WWW", packages.options(Cluster.RELEASES))
        // these are the tests, of sources that may be in the making
        .replace(RELEASE, RELEASE + "--uncommitted --tests none ")
        .replace("ADMIN", "admin")
        .replace("NAME", "homelab");
  }

  /** What the administrators of the site's services gave to the operator. */
  private static Map<String, String> issued(Secrets secrets) {
    Map<String, String> values = new TreeMap<>(secrets.values());
    values.keySet().retainAll(ISSUED);
    return values;
  }

  /** The operator's own editor. */
  private void fillIn(Map<String, String> values) throws IOException {
    Path file = desk.resolve("secrets.env");
    String text = Files.readString(file);
    for (Map.Entry<String, String> each : values.entrySet()) {
      String empty = "\n" + each.getKey() + "=\n";
      if (!text.contains(empty)) {
        throw new AssertionError(file + ": no empty line for " + each.getKey());
      }
      text = text.replace(empty, "\n" + each.getKey() + "='" + each.getValue() + "'\n");
    }
    Files.writeString(file, text);
  }

  /**
   * What an operator types on a node to make it one of the cluster.
   *
   * @param together where those wait that get the secrets at the same moment
   */
  void node(SystemdNode node, CyclicBarrier together) throws IOException {
    for (String file : List.of("secrets.env", "airflow.pem", "airflow.key")) {
      node.place("/root/" + file, Files.readString(desk.resolve(file)), 0600);
    }
    for (String line : block(PAGE, 1)) {
      String typed = "cd /root && " + filled(line).replace("dnf install", "dnf -y install");
      if (line.contains(" secrets.env ")) {
        await(together);
      }
      if (line.startsWith("systemctl status ")) {
        // its exit code says that something is still on its way, which is why it is typed
        node.attempt(LIMIT, typed);
      } else {
        node.run(LIMIT, typed);
      }
    }
  }

  private static void await(CyclicBarrier together) {
    try {
      together.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    } catch (BrokenBarrierException | TimeoutException alone) {
      throw new IllegalStateException("another node did not come so far", alone);
    }
  }
}

package org.airflowappliance.cluster;

import java.net.URI;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator asks for: {@code cluster.yaml}, checked. No secret stands in it.
 *
 * @param name name of the cluster, part of package and object names
 * @param release number N of this configuration, raised by the operator
 * @param airflowVersion chooses the Airflow line
 * @param airflowConfig overrides of airflow.cfg by section and key
 * @param timeZone of the user interface, the schedules and the nodes
 * @param nodes the virtual machines
 * @param loadBalancer what browsers reach
 */
public record Cluster(
    String name,
    int release,
    String airflowVersion,
    Map<String, Map<String, String>> airflowConfig,
    ZoneId timeZone,
    List<Node> nodes,
    LoadBalancer loadBalancer,
    Database database,
    ObjectStore objectStore,
    Oidc oidc,
    Kubernetes kubernetes,
    Workers workers,
    Distribution distribution,
    Provisioning provisioning,
    Images images,
    Optional<CaFile> caFile,
    List<Tenant> tenants) {

  public Cluster {
    check(name.matches("[a-z]([a-z0-9-]{0,38}[a-z0-9])?"), "name", name);
    check(release > 0, "release", release);
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    airflowConfig.forEach((section, settings) -> sections.put(section, ordered(settings)));
    airflowConfig = Collections.unmodifiableMap(sections);
    nodes = List.copyOf(nodes);
    check(!nodes.isEmpty(), "nodes", nodes);
    tenants = List.copyOf(tenants);
  }

  /** Keeps the file's order, which Map.copyOf would change from run to run. */
  private static Map<String, String> ordered(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** {@link ClusterYaml} tells operators what is wrong; this guards against other callers. */
  private static void check(boolean good, String what, Object value) {
    if (!good) {
      throw new IllegalArgumentException(what + ": '" + value + "' cannot be; see ClusterYaml");
    }
  }

  /**
   * A virtual machine; {@code disk} is a device name such as sda with its size in GiB, memory is in
   * GiB.
   */
  public record Node(
      String name,
      String address,
      String netmask,
      String gateway,
      List<String> dns,
      String mac,
      String disk,
      int diskGiB,
      int vcpu,
      int memoryGiB) {
    public Node {
      dns = List.copyOf(dns);
      check(Ipv4.of(address).isPresent(), "address", address);
      check(Ipv4.of(netmask).filter(Ipv4::isMask).isPresent(), "netmask", netmask);
      check(Ipv4.of(gateway).isPresent(), "gateway", gateway);
      check(mac.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}"), "mac", mac);
      check(
          diskGiB > 0 && vcpu > 0 && memoryGiB > 0,
          "size",
          diskGiB + ", " + vcpu + ", " + memoryGiB);
    }

    /** Address of the node's network. */
    public String network() {
      Ipv4 mask = Ipv4.of(netmask).orElseThrow();
      return Ipv4.of(address).orElseThrow().network(mask).toString();
    }
  }

  /**
   * What browsers reach: airflow's base_url.
   *
   * @param url base URL, http or https
   * @param tlsCertificate path on the nodes of the webserver's certificate, when url is https
   * @param tlsKey path on the nodes of its key
   */
  public record LoadBalancer(URI url, Optional<String> tlsCertificate, Optional<String> tlsKey) {
    public LoadBalancer {
      boolean https = "https".equals(url.getScheme());
      check(https == tlsCertificate.isPresent() && https == tlsKey.isPresent(), "tls of", url);
    }
  }

  /**
   * The PostgreSQL server that holds the metadata.
   *
   * @param ca a file of the operator's, read beside cluster.yaml
   * @param cidrs address blocks that task pods reach it at, beside its address
   */
  public record Database(
      String host,
      int port,
      String name,
      String user,
      String sslmode,
      Optional<CaFile> ca,
      List<String> cidrs) {
    public Database {
      cidrs = List.copyOf(cidrs);
      check(port > 0 && port <= 65535, "port", port);
    }
  }

  /**
   * The S3 server; prefixes have no slash at either end.
   *
   * @param cidrs address blocks that task pods reach it at, beside its address
   */
  public record ObjectStore(
      URI endpoint,
      String region,
      String bucket,
      String dagPrefix,
      String logPrefix,
      boolean pathStyle,
      List<String> cidrs) {
    public ObjectStore {
      cidrs = List.copyOf(cidrs);
      check(!(dagPrefix + logPrefix).matches("/.*|.*/"), "prefixes", dagPrefix + ", " + logPrefix);
      check(!dagPrefix.equals(logPrefix), "prefix", dagPrefix);
    }
  }

  /**
   * The OpenID Connect provider.
   *
   * @param issuer as browsers and tokens say it
   * @param serverUrl the same realm as the nodes reach it
   * @param client client id
   * @param roles provider's role to Airflow's role, in the file's order
   * @param sessionMinutes how long a sign-in holds at most
   * @param machines other client ids whose own tokens the REST API takes, to Airflow's role
   * @param basicAuth whether the REST API also takes name and password of Airflow's own users
   */
  public record Oidc(
      URI issuer,
      URI serverUrl,
      String client,
      Map<String, String> roles,
      int sessionMinutes,
      Map<String, String> machines,
      boolean basicAuth) {
    public Oidc {
      roles = ordered(roles);
      machines = ordered(machines);
      check(sessionMinutes > 0, "sessionMinutes", sessionMinutes);
      check(!machines.containsKey(client), "machines", client);
    }
  }

  /** The Kubernetes cluster that runs the task pods. */
  public record Kubernetes(
      URI api, Optional<CaFile> ca, String namespace, String minimumVersion, DagDelivery dags) {}

  /** How DAG files come into task pods of no tenant; a tenant's are always copied. */
  public enum DagDelivery {
    /** Through a mount of the bucket beside the task, which needs a privileged container. */
    S3FS,
    /** As copies that are made before the task begins. */
    COPY;

    /** As cluster.yaml and the parts of the pod template have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What every task pod gets; quantities are written as Kubernetes writes them. */
  public record Workers(
      String cpuRequest,
      String memoryRequest,
      String cpuLimit,
      String memoryLimit,
      List<Egress> egress) {
    public Workers {
      egress = List.copyOf(egress);
    }
  }

  /** Where workers may connect to: an address block and TCP ports. */
  public record Egress(String cidr, List<Integer> ports) {
    public Egress {
      ports = List.copyOf(ports);
      check(!ports.isEmpty(), "ports", ports);
    }
  }

  /** Where nodes fetch the release: the URL of the folder or bucket that it is published to. */
  public record Distribution(URI url) {}

  /**
   * What the kickstart needs beside the node: mirrors of Rocky and EPEL, NTP servers, root's SSH
   * keys.
   */
  public record Provisioning(
      Optional<URI> rockyMirror,
      Optional<URI> epelMirror,
      List<String> ntpServers,
      List<String> rootSshKeys) {
    public Provisioning {
      ntpServers = List.copyOf(ntpServers);
      rootSshKeys = List.copyOf(rootSshKeys);
    }
  }

  /** Where Kubernetes pulls images from, and an optional base image in a registry. */
  public record Images(String registry, Optional<String> base) {}

  /** A PEM file that was read beside cluster.yaml: its path there and its text. */
  public record CaFile(String path, String pem) {}
}

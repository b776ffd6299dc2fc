package org.airflowappliance.it.site;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.MountableFile;

/**
 * The site's Kubernetes: one node that everybody reaches at its own address, with no route
 * elsewhere.
 */
public final class Kubernetes extends K3sContainer {
  private static final int SHARES = 4 * 1024;
  private static final Duration START = Duration.ofMinutes(3);
  private static final int SYS_RESOURCE_BIT = 24;

  private final String address;

  /**
   * A cluster at an address of the network.
   *
   * @param registry HOST:PORT of a registry that speaks plain HTTP
   */
  Kubernetes(SiteNetwork network, String address, String registry) {
    super(TestImage.K3S.reference());
    this.address = address;
    setPrivilegedMode(false);
    setBinds(List.of());
    setExposedPorts(List.of());
    setCommand("server", "--disable=traefik", "--tls-san=" + address, "--node-ip=" + address);
    withLabels(Owned.label());
    withStartupTimeout(START);
    withCopyToContainer(
        Transferable.of(
            "mirrors: {\"" + registry + "\": {endpoint: [\"http://" + registry + "\"]}}\n"),
        "/etc/rancher/k3s/registries.yaml");
    withCreateContainerCmdModifier(command -> asNode(command, network));
  }

  /** Named capabilities, since privileged mode fails on a machine that lacks one of them itself. */
  private void asNode(CreateContainerCmd command, SiteNetwork network) {
    List<Capability> capabilities =
        new ArrayList<>(
            List.of(
                Capability.SYS_ADMIN,
                Capability.NET_ADMIN,
                Capability.SYS_PTRACE,
                Capability.SYSLOG));
    if (machineMayRaiseLimits()) {
      capabilities.add(Capability.SYS_RESOURCE);
    }
    command
        .getHostConfig()
        .withCapAdd(capabilities.toArray(Capability[]::new))
        .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"))
        .withDeviceCgroupRules(List.of("a *:* rwm"))
        .withDevices(device("/dev/fuse"), device("/dev/kmsg"))
        .withCgroupnsMode("private")
        // all pods are in this one container, which on a busy machine would have as much as the
        // balancer
        .withCpuShares(SHARES)
        .withNetworkMode(network.id());
    command.withHostName("kubernetes").withIpv4Address(address);
  }

  private static Device device(String path) {
    return new Device("rwm", path, path);
  }

  private static boolean machineMayRaiseLimits() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("CapBnd:"))
          .map(line -> Long.parseUnsignedLong(line.substring("CapBnd:".length()).strip(), 16))
          .anyMatch(bounds -> (bounds >> SYS_RESOURCE_BIT & 1) == 1);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** This machine is on the network, too, so no port is mapped; asked first by the superclass. */
  @Override
  public String getHost() {
    return address == null ? super.getHost() : address;
  }

  @Override
  public Integer getMappedPort(int port) {
    return port;
  }

  @Override
  protected void containerIsStarted(InspectContainerResponse started) {
    super.containerIsStarted(started);
    // Docker gives even an internal network's containers a default route, whose packets it drops
    run("ip", "route", "del", "default");
  }

  /** The API server, as the cluster file names it. */
  public String url() {
    return "https://" + address + ":" + KUBE_SECURE_PORT;
  }

  /** The PEM text of the CA that signed the API server's certificate. */
  String certificate() {
    String data = Config.fromKubeconfig(getKubeConfigYaml()).getCaCertData();
    return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
  }

  /** A client with every right. */
  public KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(getKubeConfigYaml()))
        .build();
  }

  /** Loads the images of an archive, as {@code docker save} writes it. */
  public void load(Path archive) {
    copyFileToContainer(MountableFile.forHostPath(archive), "/tmp/images.tar");
    run("ctr", "images", "import", "/tmp/images.tar");
    run("rm", "/tmp/images.tar");
  }

  /** Who enforces network policies: k3s brings a controller, the image built here an enforcer. */
  String policyController() {
    return run("ps", "-eo", "args").contains("network-policies")
        ? "enforced by the test image's own enforcer (nftables)"
        : "enforced by k3s's own controller";
  }

  /** Runs a command on the node and gives what it wrote. */
  public String run(String... command) {
    try {
      ExecResult result = execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + result);
      }
      return result.getStdout();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private static String log(KubernetesClient client, Pod pod) {
    try {
      return client
          .pods()
          .resource(pod)
          .inContainer(pod.getSpec().getContainers().get(0).getName())
          .getLog();
    } catch (KubernetesClientException none) {
      return "no log: " + none.getMessage();
    }
  }

  /** Pods with their logs and events of all namespaces, and what the node's parts said last. */
  public String diagnosis() {
    StringBuilder text = new StringBuilder("Kubernetes\n");
    try (KubernetesClient client = client()) {
      client.pods().inAnyNamespace().list().getItems().stream()
          .map(
              pod -> pod.getMetadata().getName() + ": " + pod.getStatus() + "\n" + log(client, pod))
          .forEach(line -> text.append(line).append('\n'));
      client.v1().events().inAnyNamespace().list().getItems().stream()
          .map(event -> event.getInvolvedObject().getName() + ": " + event.getMessage())
          .forEach(line -> text.append(line).append('\n'));
    }
    return text.append(getLogs()).toString();
  }
}

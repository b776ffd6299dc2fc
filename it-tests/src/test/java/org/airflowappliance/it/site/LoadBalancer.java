package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.airflowappliance.template.Template;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;

/**
 * The site's load balancer: HAProxy on connections, with the health check that the README names.
 */
public final class LoadBalancer extends GenericContainer<LoadBalancer> {
  private static final String SETTINGS = "/usr/local/etc/haproxy/haproxy.cfg";
  private static final String TRUSTED = "/usr/local/etc/haproxy/site-ca.pem";
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int NAME = 1;
  private static final int STATUS = 17;

  private final String address;
  private final int count;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  /**
   * A balancer at an address of the network.
   *
   * @param nodes HOST:PORT of each node
   * @param ca whose certificates the nodes have to show
   */
  LoadBalancer(SiteNetwork network, String address, List<String> nodes, SiteCa ca) {
    super(TestImage.HAPROXY.reference());
    this.address = address;
    count = nodes.size();
    withLabels(Owned.label());
    withCopyToContainer(Transferable.of(settings(nodes)), SETTINGS);
    withCopyToContainer(Transferable.of(ca.pem()), TRUSTED);
    withCreateContainerCmdModifier(
        command -> {
          command.getHostConfig().withNetworkMode(network.id());
          command.withHostName("balancer").withIpv4Address(address);
        });
    waitingFor(new Balancing());
  }

  private static String settings(List<String> nodes) {
    try {
      String text = Files.readString(Folders.itTests().resolve("haproxy.cfg"));
      return new Template("haproxy.cfg", text)
          .fill(
              Map.of(
                  "nodes",
                  IntStream.range(0, nodes.size())
                      .mapToObj(each -> "    server airflow" + (each + 1) + " " + nodes.get(each))
                      .collect(Collectors.joining("\n"))));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Where browsers go. */
  public String url() {
    return "https://" + address + ":8080";
  }

  /** What the balancer thinks of each node, by name: {@code UP}, {@code DOWN} or on its way. */
  public Map<String, String> nodes() throws IOException {
    Map<String, String> nodes = new TreeMap<>();
    for (String line : state().split("\n")) {
      String[] columns = line.split(",", -1);
      if (columns[0].equals("nodes") && columns[NAME].startsWith("airflow")) {
        nodes.put(columns[NAME], columns[STATUS]);
      }
    }
    return nodes;
  }

  /** Whether it sends people to each of its nodes. */
  public boolean usesAll() throws IOException {
    Map<String, String> seen = nodes();
    return seen.size() == count && seen.values().stream().allMatch("UP"::equals);
  }

  /** What it says of itself. */
  String version() throws IOException {
    try {
      return execInContainer("haproxy", "-v").getStdout().lines().findFirst().orElse("");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  private String state() throws IOException {
    URI uri = URI.create("http://" + address + ":8404/;csv");
    try {
      return client
          .send(
              HttpRequest.newBuilder(uri).timeout(ANSWER).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  private final class Balancing extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {
      Waiting.until(
          "the load balancer starts",
          START,
          LoadBalancer.this::nodes,
          nodes -> !nodes.isEmpty(),
          LoadBalancer.this::getLogs);
    }
  }
}

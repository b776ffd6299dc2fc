package org.airflowappliance.it.site;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import org.testcontainers.containers.GenericContainer;

/**
 * A server outside the site, on this machine's address in Docker's own network: any other container
 * reaches it, and the site's machines must not.
 */
public final class Elsewhere implements AutoCloseable {
  private final HttpServer server;
  private final String host;

  /** One that listens. */
  public Elsewhere() throws IOException {
    host = ofDocker();
    server = HttpServer.create(new InetSocketAddress(host, 0), 0);
    server.start();
  }

  /** A Docker that has just been started for the first time names no gateway of that network. */
  private static String ofDocker() throws IOException {
    String bridge =
        Docker.client()
            .inspectNetworkCmd()
            .withNetworkId("bridge")
            .exec()
            .getOptions()
            .get("com.docker.network.bridge.name");
    return NetworkInterface.getByName(bridge)
        .inetAddresses()
        .filter(Inet4Address.class::isInstance)
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElseThrow();
  }

  /** Its address. */
  public String host() {
    return host;
  }

  /** Its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Whether a container that is not of the site reaches it; else a test would prove nothing. */
  public boolean isReachedByOthers() throws IOException, InterruptedException {
    try (GenericContainer<?> other =
        new GenericContainer<>(TestImage.PROBE.reference())
            .withLabels(Owned.label())
            .withCommand("sh", "-c", "sleep 60")) {
      other.start();
      String script = "nc -w 3 " + host + " " + port() + " </dev/null";
      return other.execInContainer("sh", "-c", script).getExitCode() == 0;
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

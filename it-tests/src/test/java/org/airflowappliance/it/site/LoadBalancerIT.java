package org.airflowappliance.it.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site's load balancer leaves out a node that cannot serve, and only such a node. */
@Order(1)
@Tag("cluster")
class LoadBalancerIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int REQUESTS = 12;
  private static final int BALANCER = 9;

  private final List<Node> nodes = new ArrayList<>();
  private HttpClient.Builder client;

  @Test
  void aDeadNodeIsLeftOut(@TempDir Path folder) throws Exception {
    SiteCa ca = new SiteCa(folder);
    try (SiteNetwork network = SiteNetwork.make()) {
      // passed through by the balancer, so it is for the balancer's address
      ServerKey key = ca.issue("Airflow", network.address(BALANCER));
      client = HttpClient.newBuilder().sslContext(ca.trust());
      for (int number = 1; number <= 3; number++) {
        nodes.add(new Node(network.gateway(), number, key));
      }
      // as healthy as the others, but nobody that the site knows has signed for it
      SiteCa stranger = new SiteCa(folder.resolve("stranger"));
      key = stranger.issue("Airflow", network.address(BALANCER));
      nodes.add(new Node(network.gateway(), 4, key));
      try (LoadBalancer balancer =
          new LoadBalancer(
              network,
              network.address(BALANCER),
              nodes.stream().map(each -> each.address(network.gateway())).toList(),
              ca)) {
        balancer.start();
        judge(balancer);
      } finally {
        nodes.forEach(node -> node.server.stop(0));
      }
    }
  }

  private void judge(LoadBalancer balancer) throws Exception {
    until(balancer, "UP", "UP", "UP", "DOWN");
    assertThat(answers(balancer)).containsExactly("1", "2", "3");

    nodes.get(0).metadatabase = "unhealthy";
    nodes.get(1).scheduler = "unhealthy";
    nodes.get(2).server.stop(0);
    until(balancer, "DOWN", "UP", "DOWN", "DOWN");
    assertThat(answers(balancer)).containsExactly("2");

    nodes.get(0).metadatabase = "healthy";
    nodes.get(1).status = 503;
    until(balancer, "UP", "DOWN", "DOWN", "DOWN");
    assertThat(answers(balancer)).containsExactly("1");
  }

  private static void until(LoadBalancer balancer, String... states) {
    Map<String, String> wanted = new TreeMap<>();
    for (String state : states) {
      wanted.put("airflow" + (wanted.size() + 1), state);
    }
    Waiting.until("nodes are " + wanted, LIMIT, balancer::nodes, wanted::equals, balancer::getLogs);
  }

  /** Who answers; each request is a connection of its own. */
  private Set<String> answers(LoadBalancer balancer) throws Exception {
    Set<String> answers = new TreeSet<>();
    for (int request = 0; request < REQUESTS; request++) {
      answers.add(
          client
              .build()
              .send(
                  HttpRequest.newBuilder(URI.create(balancer.url())).timeout(LIMIT).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    }
    return answers;
  }

  /** A webserver's health page, and a first page with its number. */
  private static final class Node {
    private final HttpsServer server;
    private volatile int status = 200;
    private volatile String metadatabase = "healthy";
    private volatile String scheduler = "healthy";

    Node(String gateway, int number, ServerKey key) throws IOException {
      server = HttpsServer.create(new InetSocketAddress(gateway, 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(key.context()));
      answer("/", () -> Integer.toString(number));
      answer(
          "/health",
          () ->
              """
              {
                "metadatabase": {"status": "%s"},
                "scheduler": {"latest_scheduler_heartbeat": null, "status": "%s"}
              }
              """
                  .formatted(metadatabase, scheduler));
      server.start();
    }

    private void answer(String path, Supplier<String> text) {
      server.createContext(
          path,
          exchange -> {
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            try (exchange) {
              exchange.sendResponseHeaders(status, body.length);
              exchange.getResponseBody().write(body);
            }
          });
    }

    String address(String gateway) {
      return gateway + ":" + server.getAddress().getPort();
    }
  }
}

package org.airflowappliance.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.airflowappliance.verify.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a web server gives is fetched whole, or what is wrong with it is told. */
final class RemoteReleaseTest {
  private static final Map<String, String> FILES =
      Map.of("rpm/a+b~1.rpm", "a package", "rpm/lab.repo", "a repository", "kickstart/n.ks", "one");

  @TempDir Path folder;
  private Path root;
  private Path fetched;
  private HttpServer server;
  private final AtomicInteger broken = new AtomicInteger();

  @BeforeEach
  void serve() throws IOException {
    root = folder.resolve("www");
    fetched = Files.createDirectory(folder.resolve("fetched"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file = root.resolve(exchange.getRequestURI().getPath().substring(1));
      if (!Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, bytes.length);
      if (broken.getAndDecrement() > 0) {
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        return;
      }
      exchange.getResponseBody().write(bytes);
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private List<String> fetch(String path) throws IOException {
    return RemoteRelease.at(URI.create(url() + path), Optional.empty())
        .fetch(fetched, lists -> {}, bytes -> {});
  }

  private Publishable published() throws IOException {
    Publishable release = SmallRelease.write(folder.resolve("release"), 1, FILES);
    try (Place place = new FolderPlace(root)) {
      Publication publication = Publication.begin(release, place, false);
      publication.run(publication.steps(Optional.empty()), bytes -> {});
    }
    return release;
  }

  @Test
  void theCurrentReleaseIsFetchedAlsoOverConnectionsThatBreak() throws IOException {
    published();
    broken.set(2);
    assertThat(fetch("/")).isEmpty();
    assertThat(Verification.lists(fetched).problems()).isEmpty();
  }

  @Test
  void aFolderThatIsServedAsItWasBuiltIsFetched() throws IOException {
    SmallRelease.write(root, 1, FILES);
    assertThat(fetch("")).isEmpty();
    assertThat(Verification.lists(fetched).problems()).isEmpty();
  }

  @Test
  void whatStandsAroundTheReleaseIsComparedWithIt() throws IOException {
    Publishable release = published();
    Files.delete(root.resolve("kickstart/n.ks"));
    Files.writeString(root.resolve("kickstart/n.ks"), "another");
    Files.delete(root.resolve("rpm/lab.repo"));
    mirrors(
        Files.readString(root.resolve("rpm/mirrorlist"))
            .replace(SmallRelease.URL, "http://elsewhere.test/airflow"));
    assertThat(fetch("/"))
        .hasSize(3)
        .anyMatch(line -> line.startsWith(url() + "/kickstart/n.ks: has sha256 "))
        .anyMatch(line -> line.startsWith(url() + "/rpm/lab.repo: is missing"))
        .anyMatch(
            line ->
                line.startsWith(
                        url() + "/rpm/mirrorlist: says '# Cluster lab, release 1: where dnf")
                    && line.contains("http://elsewhere.test/airflow/releases/1-")
                    && line.contains(", but of this release it is '# Cluster lab, release 1: "));
    assertThat(release.files()).containsKey("rpm/lab.repo");
  }

  @Test
  void everyWordOfTheMirrorListIsCompared() throws IOException {
    published();
    String right = Files.readString(root.resolve("rpm/mirrorlist"));
    mirrors(right.replace("Cluster lab", "Cluster lbb"));
    assertThat(fetch("/"))
        .singleElement()
        .asString()
        .startsWith(url() + "/rpm/mirrorlist: says '# Cluster lbb, release 1:")
        .contains(", but of this release it is '# Cluster lab, release 1:");
    mirrors(right.replace("release 1:", "release 1;"));
    assertThatThrownBy(() -> fetch("/"))
        .as("no list of ours, so the folder itself would have to be a release")
        .isInstanceOf(PublishProblem.class)
        .hasMessageContaining(url() + ": there is no SHA256SUMS");
  }

  private void mirrors(String text) throws IOException {
    Path list = root.resolve("rpm/mirrorlist");
    Files.delete(list);
    Files.writeString(list, text);
  }

  @Test
  void namesThatLeadElsewhereAreNotFetched() throws IOException {
    SmallRelease.write(root, 1, FILES);
    Path list = root.resolve("SHA256SUMS");
    String sum = SmallRelease.sha256("x");
    for (String name : List.of("../evil", "/evil", "rpm/../../evil", "rpm/a b", "rpm/\u001b[31m")) {
      Files.writeString(list, Files.readString(list) + sum + "  " + name + "\n");
    }
    fetch("/");
    assertThat(folder.resolve("evil")).doesNotExist();
    assertThat(Verification.lists(fetched).problems())
        .anyMatch(line -> line.startsWith("../evil: is missing"))
        .noneMatch(line -> line.contains("\u001b"));
  }

  @Test
  void whereNothingIsOrAnswersThatIsTold() throws IOException {
    Files.createDirectories(root);
    assertThatThrownBy(() -> fetch("/nothing"))
        .isInstanceOf(PublishProblem.class)
        .hasMessageContaining(url() + "/nothing: there is no SHA256SUMS that can be read");
    published();
    broken.set(1000);
    assertThatThrownBy(() -> fetch("/"))
        .isInstanceOf(PublishProblem.class)
        .hasMessageContaining("cannot be fetched (");
  }
}

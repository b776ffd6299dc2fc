package org.airflowappliance.it.site;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Just enough of a Kubernetes API for a scheduler to start: a version, no pods, and watches in
 * which nothing happens. The cluster suite has the real one; here the question is the node alone.
 */
public final class KubernetesDouble implements AutoCloseable {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final long WATCH_MILLIS = 5_000;
  private static final int PORT = 6443;

  private final String address;
  private final Path folder;
  private HttpsServer server;
  private ExecutorService threads;

  /** An API at an address of this machine; it answers nothing until it is started. */
  KubernetesDouble(String address, Path folder) throws IOException {
    this.address = address;
    this.folder = Files.createDirectories(folder);
    Files.deleteIfExists(folder.resolve("api.p12"));
    Path bin = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Program.run(
        Duration.ofSeconds(60),
        bin.toString(),
        "-genkeypair",
        "-keystore",
        folder.resolve("api.p12").toString(),
        "-storepass",
        new String(PASSWORD),
        "-alias",
        "api",
        "-keyalg",
        "EC",
        "-dname",
        "CN=Kubernetes of the tests",
        "-ext",
        "bc=ca:true",
        "-ext",
        "san=ip:" + address);
    Program certificate =
        Program.run(
            Duration.ofSeconds(60),
            bin.toString(),
            "-exportcert",
            "-rfc",
            "-alias",
            "api",
            "-storepass",
            new String(PASSWORD),
            "-keystore",
            folder.resolve("api.p12").toString());
    Files.writeString(certificate(), certificate.out());
  }

  /** Its address, as the cluster file names it. */
  public String url() {
    return "https://" + address + ":" + PORT;
  }

  Path certificate() {
    return folder.resolve("kubernetes-ca.pem");
  }

  /** From now on it answers. */
  public void start() throws IOException {
    try (InputStream stream = Files.newInputStream(folder.resolve("api.p12"))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(stream, PASSWORD);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, PASSWORD);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), null, null);
      server = HttpsServer.create(new InetSocketAddress(address, PORT), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
    } catch (GeneralSecurityException problem) {
      throw new IOException(problem);
    }
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/version", call -> answer(call, "{\"gitVersion\": \"v1.33.0\"}"));
    server.createContext("/api/v1/", KubernetesDouble::pods);
    server.start();
  }

  private static void pods(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    if (query != null && query.toLowerCase(Locale.ROOT).contains("watch=true")) {
      try {
        Thread.sleep(WATCH_MILLIS);
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      }
      answer(exchange, "");
      return;
    }
    answer(
        exchange,
        """
        {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []}
        """);
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
      threads.shutdownNow();
      server = null;
    }
  }
}

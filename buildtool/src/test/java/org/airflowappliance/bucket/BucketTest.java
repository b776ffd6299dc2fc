package org.airflowappliance.bucket;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.ClusterYaml;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator is told when a server does not let the bucket be prepared. */
class BucketTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  private HttpsServer server;
  private KeyStore keys;

  @BeforeEach
  void serverWithACertificateOfItsOwn()
      throws IOException, GeneralSecurityException, InterruptedException {
    Path file = folder.resolve("keys.p12");
    int made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "server",
                "-dname",
                "CN=store",
                "-ext",
                "san=ip:127.0.0.1",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (made != 0) {
      throw new IOException("keytool ended with " + made);
    }
    keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    answers(server, 403);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static void answers(HttpServer server, int status) {
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  @Test
  void aPrivateCaIsTrustedByTheClustersCaFile() throws IOException, GeneralSecurityException {
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getCertificate("server").getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    Files.writeString(folder.resolve("site-ca.pem"), pem);

    assertThatThrownBy(() -> prepare("caFile: site-ca.pem"))
        .isInstanceOf(BucketProblem.class)
        .hasMessageContaining("secrets.env S3_ACCESS_KEY_ID is refused for this bucket (403)");
  }

  @Test
  void anUnknownCaIsToldWithWhatToDo() {
    assertThatThrownBy(() -> prepare(""))
        .isInstanceOf(BucketProblem.class)
        .hasMessageStartingWith(url() + ": no trusted connection (")
        .hasMessageContaining("name the CA that signed its certificate as caFile");
  }

  @Test
  void aServerThatIsAwayIsTold() {
    server.stop(0);

    assertThatThrownBy(() -> prepare(""))
        .isInstanceOf(BucketProblem.class)
        .hasMessageStartingWith(url() + ": no answer (")
        .hasMessageContaining("check objectStore.endpoint and that the server runs");
  }

  private String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  private void prepare(String line) throws IOException {
    String example = Files.readString(Path.of("examples/homelab.yaml"));
    Path file = folder.resolve("cluster.yaml");
    Files.writeString(
        file, example.replace("http://192.168.11.4:9000", url()) + "\n" + line + "\n");
    Cluster cluster = ClusterYaml.read(file, List.of("2.2.5"));
    try (Bucket bucket =
        new Bucket(cluster, new StoreKeys("secrets.env S3_ACCESS_KEY_ID", "key", "secret"))) {
      bucket.prepare();
    }
  }
}

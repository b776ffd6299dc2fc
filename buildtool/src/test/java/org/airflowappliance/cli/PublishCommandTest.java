package org.airflowappliance.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.airflowappliance.image.SmallImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator is told whose images cannot be published. */
final class PublishCommandTest {
  private static final String INDEX =
      """
      {"airflow": "1.0", "lockSerial": 7,
       "files": [{"path": "images/small.tar", "kind": "image"}]}
      """;

  @TempDir Path folder;
  private final StringWriter err = new StringWriter();

  @Test
  void whatIsNoReleaseIsAUsersError() {
    assertThat(publish("registry.example/airflow")).isEqualTo(1);
    assertThat(err.toString()).contains(folder + ": is not a release");
  }

  @Test
  void aReleaseWithoutImagesIsTold() throws IOException {
    Files.writeString(folder.resolve("release.json"), "{\"files\": []}");
    assertThat(publish("registry.example/airflow")).isEqualTo(1);
    assertThat(err.toString()).contains(folder + ": holds no image; build it without --only");
  }

  @Test
  void credentialsAreNotSentOverPlainHttpAndThatIsTold() throws IOException {
    assertThat(refusal("401 Unauthorized"))
        .contains(
            "/small:1.0-7: the registry asks for credentials over plain HTTP, where they are");
  }

  @Test
  void aRegistryThatForbidsIsTold() throws IOException {
    assertThat(refusal("403 Forbidden"))
        .contains("/small:1.0-7: the registry refuses the credentials", "run `docker login`");
  }

  private String refusal(String status) throws IOException {
    SmallImage.in(folder).build();
    Files.writeString(folder.resolve("release.json"), INDEX);
    try (Refusing registry = new Refusing(status)) {
      assertThat(publish("127.0.0.1:" + registry.port() + "/airflow")).isEqualTo(1);
    }
    return err.toString();
  }

  @Test
  void aNameThatIsNoneIsTold() throws IOException {
    SmallImage.in(folder).build();
    Files.writeString(folder.resolve("release.json"), INDEX);
    assertThat(publish("No Registry")).isEqualTo(1);
    assertThat(err.toString()).contains("is not the name of an image; write HOST/PATH");
  }

  @Test
  void aNameThatMeansDockerHubIsTold() {
    assertThat(publish("registry/airflow")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("--registry: 'registry/airflow' is at Docker Hub for all who pull it, since ")
        .contains("; write the registry's whole name or its port, such as registry:443, or ");
  }

  @Test
  void whereToIsToldInAFormThatIsKnown() {
    for (String[] wrong :
        new String[][] {
          {},
          {"--s3", "packages/airflow"},
          {"--s3", "s3:///airflow"},
          {"--s3", "s3://key@packages/airflow"},
          {"--dir", "www", "--keep", "0"}
        }) {
      CommandLine line = Main.commandLine();
      line.setErr(new PrintWriter(err, true));
      String[] words = new String[wrong.length + 2];
      words[0] = "publish";
      words[1] = folder.toString();
      System.arraycopy(wrong, 0, words, 2, wrong.length);
      assertThat(line.execute(words)).as(String.join(" ", wrong)).isEqualTo(2);
    }
    assertThat(err.toString())
        .contains("Name where to: --registry, --s3 or --dir", "s3://BUCKET/FOLDER", "--keep: 0");
  }

  private int publish(String registry) {
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(err, true));
    return line.execute("publish", folder.toString(), "--registry", registry, "--quiet");
  }

  /** A registry without TLS that lets nobody in; as a real one it ends what does not speak HTTP. */
  private static final class Refusing implements AutoCloseable {
    private static final String ANSWER =
        """
        HTTP/1.1 %s
        WWW-Authenticate: Basic realm="registry"
        Content-Length: 0
        Connection: close

        """;

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    private final String answer;

    Refusing(String status) throws IOException {
      answer = ANSWER.formatted(status).replace("\n", "\r\n");
      Thread thread = new Thread(this::serve, "refusing registry");
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          BufferedReader in =
              new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
          if (Character.isLetter(in.read())) {
            while (!in.readLine().isEmpty()) {
              // the request's head is of no interest
            }
            client.getOutputStream().write(answer.getBytes(US_ASCII));
          }
        } catch (IOException closed) {
          // the next client, or the end of the test
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

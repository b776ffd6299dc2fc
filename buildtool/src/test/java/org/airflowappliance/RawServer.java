package org.airflowappliance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.BinaryOperator;

/**
 * A server without TLS that writes what a test says, byte for byte, and ends each connection after
 * it: also what no HTTP server would write. Who does not speak HTTP gets nothing.
 */
public final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final BinaryOperator<String> answers;

  /**
   * Starts one.
   *
   * @param answers to a method and a path; empty for none
   */
  public RawServer(BinaryOperator<String> answers) throws IOException {
    this.answers = answers;
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "raw server");
    thread.setDaemon(true);
    thread.start();
  }

  /** HOST:PORT. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        answer(client);
      } catch (IOException closed) {
        // the next client, or the end of the test
      }
    }
  }

  private void answer(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
    int first = in.read();
    if (!Character.isLetter(first)) {
      return;
    }
    String[] request = ((char) first + in.readLine()).split(" ");
    boolean chunked = false;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      chunked |= line.equalsIgnoreCase("Transfer-Encoding: chunked");
    }
    while (chunked && !in.readLine().equals("0")) {
      // the body is of no interest
    }
    client.getOutputStream().write(answers.apply(request[0], request[1]).getBytes(US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

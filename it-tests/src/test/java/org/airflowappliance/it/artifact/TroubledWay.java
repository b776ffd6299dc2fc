package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way to a server on which every third connection is answered that the server is overloaded,
 * and every fourth breaks after some bytes: the first one does, over which something always goes.
 */
final class TroubledWay implements AutoCloseable {
  private static final byte[] OVERLOADED =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int BREAKS_AFTER = 1 << 14;

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();
  private final URI server;

  TroubledWay(URI server) throws IOException {
    this.server = server;
    begin(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  int refused() {
    return refused.get();
  }

  int broken() {
    return broken.get();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = socket.accept();
      int number = connections.incrementAndGet();
      begin(() -> serve(client, number));
    }
  }

  private void serve(Socket client, int number) throws IOException {
    try (client) {
      if (number % 3 == 0) {
        refused.incrementAndGet();
        client.getInputStream().read(new byte[1 << 12]);
        client.getOutputStream().write(OVERLOADED);
        return;
      }
      try (Socket behind = new Socket(server.getHost(), server.getPort())) {
        begin(() -> behind.getInputStream().transferTo(client.getOutputStream()));
        if (number % 4 != 1) {
          client.getInputStream().transferTo(behind.getOutputStream());
          return;
        }
        if (isMore(client.getInputStream(), behind.getOutputStream())) {
          broken.incrementAndGet();
          client.setSoLinger(true, 0);
        }
      }
    }
  }

  /** Passes so many bytes on; whether the connection would have gone on. */
  private static boolean isMore(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 12];
    int all = 0;
    for (int count = in.read(buffer); count >= 0 && all < BREAKS_AFTER; count = in.read(buffer)) {
      out.write(buffer, 0, count);
      all += count;
    }
    return all >= BREAKS_AFTER;
  }

  /** What is done with a connection; its end is nobody's problem. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private static void begin(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                // as connections do
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

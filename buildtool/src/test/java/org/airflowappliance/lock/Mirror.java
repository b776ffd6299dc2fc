package org.airflowappliance.lock;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A Debian mirror of the test's own, which fails as it is told to. */
public final class Mirror implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> files = new HashMap<>();
  private final Deque<Integer> mishaps = new ArrayDeque<>();
  private volatile BooleanSupplier received = () -> true;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  public Mirror() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  public URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/debian");
  }

  public Mirror with(String location, byte[] bytes) {
    files.put("/debian/" + location, bytes);
    return this;
  }

  /** The next answers: a status below 600, or a number of bytes after which the line breaks. */
  Mirror failing(Integer... next) {
    mishaps.addAll(List.of(next));
    return this;
  }

  /** A broken line loses what the client did not read yet: it breaks when this is true. */
  Mirror breakingWhen(BooleanSupplier received) {
    this.received = received;
    return this;
  }

  /** Each request's path, with the range that it asked for. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      asked.add(exchange.getRequestURI().getPath() + (range == null ? "" : " " + range));
      byte[] bytes = files.get(exchange.getRequestURI().getPath());
      Integer mishap = mishaps.poll();
      if (bytes == null || (mishap != null && mishap < 600)) {
        exchange.sendResponseHeaders(bytes == null ? 404 : mishap, -1);
        return;
      }
      int start = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
      exchange.sendResponseHeaders(start > 0 ? 206 : 200, bytes.length - start);
      OutputStream out = exchange.getResponseBody();
      out.write(bytes, start, mishap == null ? bytes.length - start : mishap);
      out.flush();
      for (int wait = 0; mishap != null && !received.getAsBoolean() && wait < 2_000; wait++) {
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

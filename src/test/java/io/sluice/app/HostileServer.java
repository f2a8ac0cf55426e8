package io.sluice.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on loopback that answers by the book, or as the worst do. */
final class HostileServer implements AutoCloseable {

  static final Charset ASCII = StandardCharsets.US_ASCII;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private HostileServer(HttpServer server) {
    this.server = server;
  }

  static HostileServer start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      HostileServer hostile = new HostileServer(server);
      server.setExecutor(hostile.threads);
      server.start();
      return hostile;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What answers. */
  interface Handler {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Paths with queries, in the order in which they were asked for. */
  List<String> asked() {
    return asked;
  }

  void on(String path, Handler handler) {
    try {
      server.removeContext(path);
    } catch (IllegalArgumentException none) {
      // The first of this path.
    }
    server.createContext(
        path,
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          try (exchange) {
            handler.answer(exchange);
          } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
          }
        });
  }

  void serve(String path, byte[] body) {
    on(path, exchange -> send(exchange, 200, body));
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  void status(String path, int status) {
    on(path, exchange -> send(exchange, status, new byte[] {'x'}));
  }

  void redirect(String path, String to) {
    on(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", to);
          send(exchange, 302, new byte[0]);
        });
  }

  /** Bytes without end. */
  void endless(String path) {
    on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = new byte[64 * 1024];
          OutputStream out = exchange.getResponseBody();
          while (closed.getCount() > 0) {
            out.write(chunk);
          }
        });
  }

  /** A length, and bytes as long as they are taken. */
  void promise(String path, long length) {
    on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, length);
          byte[] chunk = new byte[64 * 1024];
          while (closed.getCount() > 0) {
            exchange.getResponseBody().write(chunk);
          }
        });
  }

  /** A head, one byte, and nothing more. */
  void slow(String path) {
    on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('d');
          exchange.getResponseBody().flush();
          closed.await();
        });
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

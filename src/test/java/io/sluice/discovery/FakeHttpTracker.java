package io.sluice.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Something on a free port of the loopback interface that takes requests like an HTTP tracker and
 * answers them with whatever bytes a test wants.
 */
final class FakeHttpTracker implements AutoCloseable {

  /** A request: its target, and the lines of its header. */
  record Heard(String target, List<String> headers) {}

  /** Writes an answer; the connection is closed when it returns. */
  @FunctionalInterface
  interface Answer {
    void write(Heard request, OutputStream out) throws IOException, InterruptedException;
  }

  final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  volatile Answer answer;

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  FakeHttpTracker(Answer answer) throws IOException {
    this.answer = answer;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** An answer with a body. */
  static Answer ok(String latin1) {
    return (_, out) -> write(out, "200 OK", "", latin1.getBytes(ISO_8859_1));
  }

  static void write(OutputStream out, String status, String headers, byte[] body)
      throws IOException {
    String head =
        "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n".formatted(status, headers, body.length);
    out.write(head.getBytes(ISO_8859_1));
    out.write(body);
    out.flush();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      String line = in.readLine();
      if (line == null) {
        return;
      }
      List<String> headers = new ArrayList<>();
      for (String next = in.readLine(); next != null && !next.isEmpty(); next = in.readLine()) {
        headers.add(next);
      }
      Heard request = new Heard(line.split(" ", 3)[1], headers);
      heard.add(request);
      answer.write(request, socket.getOutputStream());
    } catch (IOException | InterruptedException gone) {
      // The client has heard enough.
    } finally {
      open.remove(socket);
    }
  }

  /** The next request. */
  Heard next() throws InterruptedException {
    Heard next = heard.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was asked for 30 s");
    }
    return next;
  }

  int connections() {
    return open.size();
  }

  URI uri() {
    return uri("/announce");
  }

  URI uri(String target) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + target);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}

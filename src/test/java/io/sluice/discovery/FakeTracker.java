package io.sluice.discovery;

import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.ToTracker;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A tracker that does what a test tells it to, on a free port of the loopback interface. */
final class FakeTracker implements AutoCloseable {

  /** A message as it came, with the socket that it came by. */
  record Heard(ServerWebSocket socket, String text, ToTracker message) {
    Announce announce() {
      return (Announce) message;
    }
  }

  final List<ServerWebSocket> sockets = new CopyOnWriteArrayList<>();

  /** The names that clients asked for in TLS (RFC 6066), one for each connection. */
  final List<String> serverNames = new CopyOnWriteArrayList<>();

  final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

  /** What to do with an announce, besides to note it; by default it gets the usual answer. */
  volatile BiConsumer<ServerWebSocket, Announce> onAnnounce =
      (socket, announce) -> say(socket, new Announced(announce.infoHash(), 120, 3, 4));

  private final HttpServer server;

  FakeTracker(Vertx vertx) {
    this(vertx, new HttpServerOptions());
  }

  FakeTracker(Vertx vertx, HttpServerOptions options) {
    server =
        vertx
            .createHttpServer(options.setHost(host()).setPort(0))
            .connectionHandler(
                connection -> {
                  if (connection.isSsl()) {
                    serverNames.add(connection.indicatedServerName());
                  }
                })
            // Not webSocketHandler: Quarkus switches that off for the whole JVM.
            .requestHandler(request -> request.toWebSocket().onSuccess(this::open))
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  private void open(ServerWebSocket socket) {
    sockets.add(socket);
    socket.exceptionHandler(_ -> {});
    socket.frameHandler(
        frame -> {
          if (frame.isText() && frame.isFinal()) {
            hear(socket, frame.textData());
          } else if (frame.isText() || frame.isContinuation() || frame.isBinary()) {
            throw new AssertionError("a message in several frames or in binary");
          }
        });
  }

  private void hear(ServerWebSocket socket, String text) {
    ToTracker message = TrackerCodec.decodeToTracker(text.getBytes(StandardCharsets.UTF_8));
    heard.add(new Heard(socket, text, message));
    if (message instanceof Announce announce) {
      onAnnounce.accept(socket, announce);
    }
  }

  static void say(ServerWebSocket socket, TrackerMessage message) {
    socket.writeTextMessage(TrackerCodec.encode(message));
  }

  /** The next message. */
  Heard next() throws InterruptedException {
    Heard next = heard.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was heard for 30 s");
    }
    return next;
  }

  static String host() {
    return InetAddress.getLoopbackAddress().getHostAddress();
  }

  int port() {
    return server.actualPort();
  }

  URI uri() {
    return URI.create("ws://" + host() + ":" + port() + "/announce");
  }

  @Override
  public void close() {
    server.close().toCompletionStage().toCompletableFuture().join();
  }
}

package io.sluice.tracker;

import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.net.URI;
import java.util.function.Predicate;

/** A tracker on a free port of the loopback interface. */
final class TrackerServer implements AutoCloseable {

  final Tracker tracker;
  private final HttpServer server;

  TrackerServer(Vertx vertx, TrackerLimits limits) {
    this(vertx, limits, _ -> true, 0);
  }

  TrackerServer(Vertx vertx, TrackerLimits limits, Predicate<InfoHash> known, int port) {
    tracker = new Tracker(vertx, limits, known);
    HttpServerOptions options =
        new HttpServerOptions().setHost(host()).setPort(port).setReuseAddress(true);
    Tracker.configure(options, limits);
    server =
        vertx
            .createHttpServer(options)
            .requestHandler(
                request -> {
                  if (!tracker.upgrade(request)) {
                    request.response().setStatusCode(404).end("no socket");
                  }
                })
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
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
    tracker.close();
    server.close().toCompletionStage().toCompletableFuture().join();
  }
}

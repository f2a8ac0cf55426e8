package io.sluice.tracker;

import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
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
    this(vertx, limits, TrackedTorrents.only(known), port);
  }

  TrackerServer(Vertx vertx, TrackerLimits limits, TrackedTorrents torrents, int port) {
    tracker = new Tracker(vertx, limits, torrents);
    HttpServerOptions options =
        new HttpServerOptions().setHost(host()).setPort(port).setReuseAddress(true);
    Tracker.configure(options, limits);
    server =
        vertx
            .createHttpServer(options)
            .requestHandler(this::handle)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  private void handle(HttpServerRequest request) {
    switch (String.valueOf(request.path())) {
      case "/announce" -> {
        if (!tracker.upgrade(request)) {
          tracker.announce(request);
        }
      }
      case "/scrape" -> tracker.scrape(request);
      case "/stats" -> tracker.stats(request, false);
      case "/stats.json" -> tracker.stats(request, true);
      default -> request.response().setStatusCode(404).end("nothing here");
    }
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

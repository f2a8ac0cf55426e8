package io.sluice.http;

import io.sluice.swarm.Swarm;
import io.sluice.wire.InfoHash;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The routes on a plain Vert.x server on a free loopback port. */
final class StreamServer implements AutoCloseable {

  // As in the gateway, where the system has it.
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Map<InfoHash, Swarm> swarms = new ConcurrentHashMap<>();
  private final HttpServer server;

  StreamServer(StreamPolicy policy) {
    Router router = Router.router(vertx);
    TorrentLookup lookup =
        infoHash -> CompletableFuture.completedFuture(Optional.ofNullable(swarms.get(infoHash)));
    new StreamRoute(lookup, policy).mount(router);
    StreamRoute.forWebSeedClients(lookup, policy).mount(router);
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(router);
    join(server.listen());
  }

  /** Waits that are short, for tests that wait in vain. */
  static StreamPolicy impatient(Duration firstByteWait, Duration stallWait) {
    return new StreamPolicy(firstByteWait, stallWait, 5, 64 * 1024, false, false);
  }

  void add(Swarm swarm) {
    swarms.put(swarm.infoHash(), swarm);
  }

  int port() {
    return server.actualPort();
  }

  /** Speaks HTTP/2 from its first byte on, to this server. */
  HttpClient http2() {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(port()));
  }

  Vertx vertx() {
    return vertx;
  }

  static <T> T join(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    join(vertx.close());
  }
}

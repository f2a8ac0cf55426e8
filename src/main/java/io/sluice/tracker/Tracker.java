package io.sluice.tracker;

import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Our own tracker: peers announce torrents over WebSockets, and it passes their offers and answers
 * on (the WebTorrent tracker protocol).
 *
 * <p>Whoever serves HTTP hands requests to {@link #upgrade}. Safe for any thread.
 */
public final class Tracker implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Tracker.class);
  private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final Vertx vertx;
  private final TrackerLimits limits;
  private final LongSupplier nanoTime;
  private final SwarmTable table;
  private final SocketAdmission admission;
  private final TrackerTotals totals = new TrackerTotals();
  private final Set<TrackerSocket> sockets = ConcurrentHashMap.newKeySet();
  private final long sweepTimer;
  private volatile boolean closed;
  private long troublesLogged;

  /**
   * @param known which torrents may be announced: those of this gateway, or all ({@code _ ->
   *     true}). Asked at every announce on an event loop: must not block
   */
  public Tracker(Vertx vertx, TrackerLimits limits, Predicate<InfoHash> known) {
    this(vertx, limits, known, System::nanoTime);
  }

  Tracker(Vertx vertx, TrackerLimits limits, Predicate<InfoHash> known, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.limits = limits;
    this.nanoTime = nanoTime;
    table = new SwarmTable(limits.swarms(), known, Tracker::random);
    admission = new SocketAdmission(limits.sockets().total(), limits.sockets().perAddress());
    sweepTimer = vertx.setPeriodic(SWEEP_MILLIS, _ -> sweep());
  }

  private static RandomGenerator random() {
    return ThreadLocalRandom.current();
  }

  /**
   * Makes an HTTP server fit for the tracker. Without this a message in one frame is cut off at 64
   * KiB, and a compressed frame of a few bytes may unfold to any size in memory before anybody can
   * look at it.
   */
  public static void configure(HttpServerOptions options, TrackerLimits limits) {
    int messageBytes = limits.sockets().messageBytes();
    options
        .setMaxWebSocketFrameSize(Math.max(options.getMaxWebSocketFrameSize(), messageBytes))
        .setMaxWebSocketMessageSize(Math.max(options.getMaxWebSocketMessageSize(), messageBytes))
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
  }

  /**
   * Takes a request that asks for a WebSocket; called on the request's event loop.
   *
   * @return {@code false} when the request asks for something else: it is the caller's to answer
   */
  public boolean upgrade(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)
        || !request.headers().contains(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET, true)) {
      return false;
    }
    InetAddress from = address(request);
    if (closed || !admission.enter(from)) {
      totals.socketsRefused.increment();
      request
          .response()
          .setStatusCode(503)
          .putHeader(HttpHeaders.RETRY_AFTER, Long.toString(limits.swarms().interval().toSeconds()))
          .end();
      return true;
    }
    request
        .toWebSocket()
        .onSuccess(socket -> open(socket, from))
        .onFailure(_ -> admission.left(from));
    return true;
  }

  private static InetAddress address(HttpServerRequest request) {
    // A server on a Unix domain socket knows no addresses: all its clients count as one.
    SocketAddress remote = request.remoteAddress();
    return remote != null && remote.isInetSocket()
        ? InetAddress.ofLiteral(remote.hostAddress())
        : InetAddress.getLoopbackAddress();
  }

  private void open(ServerWebSocket webSocket, InetAddress from) {
    TrackerSocket socket = new TrackerSocket(vertx, webSocket, table, limits, totals, nanoTime);
    sockets.add(socket);
    try {
      socket.start(() -> left(socket, from));
    } catch (IllegalStateException closedAlready) {
      left(socket, from);
      return;
    }
    if (closed) {
      socket.close();
    }
  }

  private void left(TrackerSocket socket, InetAddress from) {
    if (sockets.remove(socket)) {
      admission.left(from);
    }
  }

  /** Counts everything; takes time in proportion to the number of torrents. */
  public TrackerStats stats() {
    SwarmTable.Size size = table.size();
    return new TrackerStats(
        size.torrents(),
        size.socketPeers(),
        size.addressPeers(),
        size.complete(),
        size.incomplete(),
        admission.sockets(),
        totals.announces.sum(),
        totals.offers.sum(),
        totals.answers.sum(),
        totals.refused.sum(),
        totals.malformed.sum(),
        totals.socketsRefused.sum(),
        totals.socketsDropped.sum());
  }

  private void sweep() {
    table.expire(nanoTime.getAsLong());
    long malformed = totals.malformed.sum();
    long refused = totals.socketsRefused.sum();
    long dropped = totals.socketsDropped.sum();
    if (malformed + refused + dropped > troublesLogged) {
      troublesLogged = malformed + refused + dropped;
      LOG.infof(
          "Tracker, since the start: %d malformed messages, %d sockets refused, %d dropped",
          malformed, refused, dropped);
    }
  }

  /** Refuses new sockets and closes those that are open. */
  @Override
  public void close() {
    closed = true;
    vertx.cancelTimer(sweepTimer);
    sockets.forEach(TrackerSocket::close);
  }
}

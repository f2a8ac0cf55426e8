package io.sluice.tracker;

import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Our own tracker: peers announce torrents over WebSockets, and it passes their offers and answers
 * on (the WebTorrent tracker protocol), or over HTTP and UDP, and it lists them each other's
 * addresses. There is one table of peers for all.
 *
 * <p>Whoever serves HTTP hands requests to {@link #upgrade}, {@link #announce}, {@link #scrape} and
 * {@link #stats}. Safe for any thread.
 */
public final class Tracker implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Tracker.class);
  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final Vertx vertx;
  private final TrackerLimits limits;
  private final LongSupplier nanoTime;
  private final SwarmTable table;
  private final SocketAdmission admission;
  private final TrackerTotals totals = new TrackerTotals();
  private final Set<TrackerSocket> sockets = ConcurrentHashMap.newKeySet();
  private final AddressRequests requests;
  private final HttpSide http;
  private final Set<UdpSide> udp = ConcurrentHashMap.newKeySet();
  private final long sweepTimer;
  private final Object report = new Object();
  // Guarded by report.
  private @Nullable JsonObject lastReport;
  private long reportNanos;
  private volatile boolean closed;
  private long troublesLogged;

  /**
   * @param known which torrents may be announced: those of this gateway, or all ({@code _ ->
   *     true}). Asked at every announce on an event loop: must not block
   */
  public Tracker(Vertx vertx, TrackerLimits limits, Predicate<InfoHash> known) {
    this(vertx, limits, TrackedTorrents.only(known), System::nanoTime);
  }

  public Tracker(Vertx vertx, TrackerLimits limits, TrackedTorrents torrents) {
    this(vertx, limits, torrents, System::nanoTime);
  }

  Tracker(Vertx vertx, TrackerLimits limits, TrackedTorrents torrents, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.limits = limits;
    this.nanoTime = nanoTime;
    table = new SwarmTable(limits.swarms(), torrents::tracked, Tracker::random);
    admission = new SocketAdmission(limits.sockets().total(), limits.sockets().perAddress());
    requests = new AddressRequests(table, torrents, limits, totals, nanoTime);
    http = new HttpSide(requests, totals);
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
    InetAddress from = HttpSide.address(request.remoteAddress());
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

  /** Answers an announce over HTTP (BEP 3); called on the request's event loop. */
  public void announce(HttpServerRequest request) {
    http.announce(request);
  }

  /** Answers a scrape over HTTP (BEP 48); called on the request's event loop. */
  public void scrape(HttpServerRequest request) {
    http.scrape(request);
  }

  /**
   * Answers with how many peers there are, counted every ten seconds at most; called on the
   * request's event loop.
   *
   * @param json as JSON, and not as a page
   */
  public void stats(HttpServerRequest request, boolean json) {
    HttpServerResponse response =
        request
            .response()
            .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
            .putHeader("X-Content-Type-Options", "nosniff");
    vertx
        .executeBlocking(this::report, false)
        .onSuccess(
            now -> {
              String type = json ? "application/json" : "text/html; charset=utf-8";
              var _ =
                  response
                      .putHeader(HttpHeaders.CONTENT_TYPE, type)
                      .end(json ? now.encode() : StatsReport.page(now));
            })
        .onFailure(
            _ -> {
              var _ = response.setStatusCode(503).end();
            });
  }

  private JsonObject report() {
    synchronized (report) {
      JsonObject last = lastReport;
      long nowNanos = nanoTime.getAsLong();
      if (last == null || nowNanos - reportNanos > REPORT_NANOS) {
        last = new StatsReport(table).json();
        lastReport = last;
        reportNanos = nowNanos;
      }
      return last.copy();
    }
  }

  /**
   * Begins to answer over UDP (BEP 15), until the tracker is closed.
   *
   * @return where it listens
   * @throws IOException when that cannot be
   */
  public InetSocketAddress listenUdp(InetSocketAddress address) throws IOException {
    UdpSide side = UdpSide.open(address, requests, totals, nanoTime);
    udp.add(side);
    if (closed) {
      side.close();
    }
    return side.address();
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
        totals.scrapes.sum(),
        totals.offers.sum(),
        totals.answers.sum(),
        totals.refused.sum(),
        totals.limited.sum(),
        totals.malformed.sum(),
        totals.socketsRefused.sum(),
        totals.socketsDropped.sum());
  }

  private void sweep() {
    table.expire(nanoTime.getAsLong());
    long malformed = totals.malformed.sum();
    long refused = totals.socketsRefused.sum();
    long dropped = totals.socketsDropped.sum();
    long limited = totals.limited.sum();
    if (malformed + refused + dropped + limited > troublesLogged) {
      troublesLogged = malformed + refused + dropped + limited;
      LOG.infof(
          "Tracker, since the start: %d malformed messages, %d requests over the limit of their"
              + " address, %d sockets refused, %d dropped",
          malformed, limited, refused, dropped);
    }
  }

  /** Refuses new sockets and closes those that are open. */
  @Override
  public void close() {
    closed = true;
    vertx.cancelTimer(sweepTimer);
    udp.forEach(UdpSide::close);
    sockets.forEach(TrackerSocket::close);
  }
}

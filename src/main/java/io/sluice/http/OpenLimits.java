package io.sluice.http;

import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one address may have of a gateway that serves any infohash: who asks for more is answered
 * 429 (RFC 6585 section 4), and told when to come back.
 *
 * <p>Safe for any event loop.
 */
public final class OpenLimits implements Handler<RoutingContext> {

  private static final List<String> PATHS = List.of("/stream/*", "/webseed/*");
  private static final Pattern INFOHASH =
      Pattern.compile("^/(?:stream|webseed)/([0-9a-zA-Z]{32,40})(?:/.*)?$", Pattern.DOTALL);
  private static final int BUSY_SECONDS = 5;

  private final VisitorLimits visitors;
  private final Predicate<InfoHash> known;
  private final LongSupplier nanoTime;

  /**
   * @param known the torrents that are here already
   */
  public OpenLimits(VisitorLimits visitors, Predicate<InfoHash> known, LongSupplier nanoTime) {
    this.visitors = visitors;
    this.known = known;
    this.nanoTime = nanoTime;
  }

  /** To be mounted before the routes that it guards. */
  public void mount(Router router) {
    PATHS.forEach(path -> router.route(path).handler(this));
  }

  @Override
  public void handle(RoutingContext context) {
    SocketAddress address = context.request().remoteAddress();
    if (context.request().method().equals(HttpMethod.OPTIONS) || address == null) {
      context.next();
      return;
    }
    String from = address.hostAddress();
    if (isNew(context.normalizedPath())) {
      OptionalLong wait = visitors.newTorrent(from, nanoTime.getAsLong());
      if (wait.isPresent()) {
        refuse(context, wait.getAsLong(), "this address has asked for too many new torrents");
        return;
      }
    }
    if (!visitors.enter(from)) {
      refuse(context, BUSY_SECONDS, "this address has too many streams at a time");
      return;
    }
    context.addEndHandler(_ -> visitors.left(from));
    context.next();
  }

  /** Whether an address may ask for a torrent; one that is new here is one of its own. */
  public boolean allowsTorrent(InfoHash infoHash, String address) {
    return known.test(infoHash) || visitors.newTorrent(address, nanoTime.getAsLong()).isEmpty();
  }

  private boolean isNew(String path) {
    Matcher named = INFOHASH.matcher(path);
    try {
      return named.matches() && !known.test(InfoHash.parse(named.group(1)));
    } catch (WireException noInfohash) {
      return false;
    }
  }

  private static void refuse(RoutingContext context, long seconds, String detail) {
    Cors.allow(context.response());
    context.response().putHeader("Retry-After", Long.toString(seconds));
    Problem.of(429, "Too Many Requests", detail).send(context);
  }
}

package io.sluice.http;

import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmStatus;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code /stream/{infohash}/{path}}: the bytes of one file, for players; and {@code
 * /stream/{infohash}[?file=N]}, which redirects to the N-th file (from 0, as listed), or to the
 * largest that can be played. With {@code ?parts} a range without an end is answered in parts, as
 * {@link RangeHeader} says.
 *
 * <p>All that is needed before the first byte (the torrent, its metadata, the first piece) has
 * {@link StreamPolicy#firstByteWait} together. Runs on the event loop.
 */
public final class StreamRoute {

  private static final Logger LOG = Logger.getLogger(StreamRoute.class);

  /** Whom the bytes are for. */
  private enum Audience {
    PLAYERS("/stream/"),
    WEB_SEED_CLIENTS("/webseed/");

    private final String prefix;

    Audience(String prefix) {
      this.prefix = prefix;
    }
  }

  private final Audience audience;
  private final TorrentLookup torrents;
  private final StreamPolicy policy;
  private final FileResponder responder;
  private final Cors cors = Cors.of(HttpMethod.GET, HttpMethod.HEAD);

  public StreamRoute(TorrentLookup torrents, StreamPolicy policy) {
    this(Audience.PLAYERS, torrents, policy);
  }

  /**
   * {@code /webseed/{infohash}/{path}}: the same bytes by the rules of BEP 19. A URL that names the
   * torrent alone gives the file itself of a torrent that is a single file, since clients ask for
   * it literally, with and without a slash at its end. Viewers are served before: webtorrent asks
   * for the last piece first, and for many at a time.
   */
  public static StreamRoute forWebSeedClients(TorrentLookup torrents, StreamPolicy policy) {
    return new StreamRoute(Audience.WEB_SEED_CLIENTS, torrents, policy.patiently());
  }

  private StreamRoute(Audience audience, TorrentLookup torrents, StreamPolicy policy) {
    this.audience = audience;
    this.torrents = torrents;
    this.policy = policy;
    this.responder = new FileResponder(policy);
  }

  /**
   * Adds the route. The router refuses paths with a percent sign that begins no escape, which some
   * clients put there for a file's name: those are mended before it looks at them.
   */
  public void mount(Router router) {
    router.errorHandler(400, StreamRoute::malformed);
    router.route().order(Integer.MIN_VALUE).handler(this::mend);
    router
        .route(audience.prefix + "*")
        .handler(cors)
        .handler(this::handle)
        .failureHandler(StreamRoute::fail);
  }

  private void mend(RoutingContext context) {
    String path = context.request().path();
    if (path == null || path.indexOf('%') < 0 || !path.startsWith(audience.prefix)) {
      context.next();
      return;
    }
    String mended = UrlPath.withEscapedPercents(path);
    if (mended.equals(path)) {
      context.next();
    } else {
      String query = context.request().query();
      context.reroute(query == null ? mended : mended + "?" + query);
    }
  }

  private static void malformed(RoutingContext context) {
    Cors.allow(context.response());
    Problem.badRequest("The request's path is malformed.").send(context);
  }

  /** What a request names; {@code rawPath} is empty when it names the torrent alone. */
  private record Target(InfoHash infoHash, String rawPath) {}

  private void handle(RoutingContext context) {
    HttpMethod method = context.request().method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      context.response().putHeader("Allow", cors.methods());
      Problem.of(405, "Method Not Allowed", "Files can be read, and nothing else.").send(context);
      return;
    }
    String path = context.request().path();
    int start = prefix(context).length();
    if (path == null || !path.startsWith(prefix(context))) {
      Problem.notFound("There is nothing here.").send(context);
      return;
    }
    int slash = path.indexOf('/', start);
    String hash = slash < 0 ? path.substring(start) : path.substring(start, slash);
    String rawPath = slash < 0 ? "" : path.substring(slash + 1);
    InfoHash infoHash;
    try {
      infoHash = InfoHash.parse(hash);
    } catch (WireException malformed) {
      Problem.badRequest("The path has no infohash: 40 hex digits or 32 base32 digits.")
          .send(context);
      return;
    }
    find(context, new Target(infoHash, rawPath));
  }

  /** Up to and including the slash before the infohash. */
  private String prefix(RoutingContext context) {
    String mountPoint = context.mountPoint();
    if (mountPoint == null || mountPoint.equals("/")) {
      return audience.prefix;
    }
    return mountPoint.replaceFirst("/+$", "") + audience.prefix;
  }

  private void find(RoutingContext context, Target target) {
    long deadlineNanos = System.nanoTime() + policy.firstByteWait().toNanos();
    await(
        context,
        torrents.find(target.infoHash()),
        deadlineNanos,
        found ->
            found.ifPresentOrElse(
                swarm -> whenKnown(context, target, swarm, deadlineNanos),
                () -> Problem.notFound("This gateway has no such torrent.").send(context)),
        failure -> unavailable(context, "The torrent could not be looked up in time.", failure));
  }

  private void whenKnown(RoutingContext context, Target target, Swarm swarm, long deadlineNanos) {
    if (swarm.status().phase() == SwarmStatus.Phase.ERROR) {
      Shortage.send(context, Shortage.of(swarm.status()), policy);
      return;
    }
    Optional<TorrentInfo> known = swarm.info();
    if (known.isPresent()) {
      answer(context, target, swarm, known.get(), deadlineNanos);
      return;
    }
    await(
        context,
        swarm.metadata(),
        deadlineNanos,
        info -> answer(context, target, swarm, info, deadlineNanos),
        _ -> Shortage.send(context, Shortage.of(swarm.status()), policy));
  }

  private void answer(
      RoutingContext context, Target target, Swarm swarm, TorrentInfo info, long deadlineNanos) {
    if (target.rawPath().isEmpty() && isTheFileItself(info)) {
      Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
      responder.serve(context, swarm, info.files().getFirst(), left);
      return;
    }
    if (target.rawPath().isEmpty()) {
      redirect(context, info);
      return;
    }
    Optional<TorrentFile> file = UrlPath.find(info, target.rawPath(), context.request().query());
    if (file.isPresent()) {
      Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
      responder.serve(context, swarm, file.get(), left);
    } else if (UrlPath.decode(target.rawPath()).isEmpty()) {
      Problem.badRequest("The path is not percent-encoded UTF-8.").send(context);
    } else {
      Problem.notFound("The torrent has no such file.").send(context);
    }
  }

  private boolean isTheFileItself(TorrentInfo info) {
    return audience == Audience.WEB_SEED_CLIENTS && info.files().size() == 1;
  }

  private void redirect(RoutingContext context, TorrentInfo info) {
    String number = context.request().getParam("file");
    Optional<TorrentFile> file;
    if (number == null) {
      file = bestFile(info);
    } else if (number.matches("[0-9]{1,9}")) {
      int index = Integer.parseInt(number);
      file = index < info.files().size() ? Optional.of(info.files().get(index)) : Optional.empty();
    } else {
      Problem.badRequest("The file's number is not a number.").send(context);
      return;
    }
    if (file.isEmpty()) {
      Problem.notFound("The torrent has no such file.").send(context);
      return;
    }
    var _ =
        context
            .response()
            .setStatusCode(307)
            .putHeader("Date", HttpDate.now())
            .putHeader("Cache-Control", "no-cache")
            .putHeader("Content-Length", "0")
            .putHeader("Location", location(context, info, file.get()))
            .end();
  }

  private String location(RoutingContext context, TorrentInfo info, TorrentFile file) {
    boolean inParts = context.request().params().contains(FileResponder.IN_PARTS);
    String path = prefix(context) + info.infoHash().hex() + "/" + UrlPath.of(info, file);
    return inParts ? path + "?" + FileResponder.IN_PARTS : path;
  }

  /** The largest file that can be played; the largest of all when none can. */
  private static Optional<TorrentFile> bestFile(TorrentInfo info) {
    return largest(info, file -> MediaTypes.playable(MediaTypes.of(file.name())))
        .or(() -> largest(info, _ -> true));
  }

  private static Optional<TorrentFile> largest(TorrentInfo info, Predicate<TorrentFile> which) {
    return info.files().stream()
        .filter(file -> !file.pad())
        .filter(which)
        .max(Comparator.comparingLong(TorrentFile::length));
  }

  /** Goes on with what a stage brings, on the event loop, unless the client has gone meanwhile. */
  private static <T> void await(
      RoutingContext context,
      CompletionStage<T> stage,
      long deadlineNanos,
      Consumer<T> then,
      Consumer<Throwable> otherwise) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
    var _ =
        Future.fromCompletionStage(future, context.vertx().getOrCreateContext())
            .timeout(millis, TimeUnit.MILLISECONDS)
            .onComplete(
                result -> {
                  if (result.failed()) {
                    future.cancel(false);
                  }
                  if (context.response().closed() || context.response().ended()) {
                    return;
                  }
                  try {
                    if (result.succeeded()) {
                      then.accept(result.result());
                    } else {
                      otherwise.accept(result.cause());
                    }
                  } catch (RuntimeException e) {
                    context.fail(e);
                  }
                });
  }

  private void unavailable(RoutingContext context, String detail, @Nullable Throwable failure) {
    if (failure instanceof TimeoutException) {
      Shortage.send(context, Problem.unavailable(detail), policy);
    } else {
      context.fail(failure);
    }
  }

  private static void fail(RoutingContext context) {
    LOG.error("A request to /stream failed", context.failure());
    if (context.response().headWritten()) {
      var _ = context.request().connection().close();
    } else {
      Problem.of(500, "Internal Server Error", "The gateway has a defect; its log says more.")
          .send(context);
    }
  }
}

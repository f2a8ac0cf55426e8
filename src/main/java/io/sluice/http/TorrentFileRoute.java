package io.sluice.http;

import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * {@code /torrents/{infohash}.torrent}: the torrent with this gateway as tracker and web seed;
 * {@code /torrents/{infohash}.m3u}: its playable files as a playlist.
 *
 * <p>Runs on the event loop.
 */
public final class TorrentFileRoute {

  private static final String PREFIX = "/torrents/";
  private static final String TORRENT = ".torrent";
  private static final String PLAYLIST = ".m3u";

  private final Library library;
  private final Links links;
  private final Cors cors = Cors.of(HttpMethod.GET, HttpMethod.HEAD);

  public TorrentFileRoute(Library library, Links links) {
    this.library = library;
    this.links = links;
  }

  /** Adds the route. */
  public void mount(Router router) {
    router.route(PREFIX + "*").handler(cors).handler(this::handle);
  }

  private void handle(RoutingContext context) {
    HttpMethod method = context.request().method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      context.response().putHeader("Allow", cors.methods());
      Problem.of(405, "Torrents can be read here, and nothing else.").send(context);
      return;
    }
    String name = context.normalizedPath().substring(PREFIX.length());
    if (name.endsWith(TORRENT)) {
      answer(context, name.substring(0, name.length() - TORRENT.length()), this::torrent);
    } else if (name.endsWith(PLAYLIST)) {
      answer(context, name.substring(0, name.length() - PLAYLIST.length()), this::playlist);
    } else {
      Problem.notFound("There is nothing here.").send(context);
    }
  }

  /** A document of one kind and the torrent that it is about. */
  private record Document(String mediaType, String fileName, Buffer body) {}

  @FunctionalInterface
  private interface Writer {
    Document write(KnownTorrent torrent, TorrentInfo info);
  }

  private void answer(RoutingContext context, String hash, Writer writer) {
    Optional<KnownTorrent> torrent;
    try {
      torrent = library.find(InfoHash.parse(hash));
    } catch (WireException malformed) {
      Problem.badRequest(String.valueOf(malformed.getMessage())).send(context);
      return;
    }
    if (torrent.isEmpty()) {
      Problem.notFound("This gateway has no such torrent.").send(context);
      return;
    }
    // Of a torrent that is dormant it is in a file.
    var _ =
        context
            .vertx()
            .executeBlocking(
                () -> torrent.get().info().map(info -> writer.write(torrent.get(), info)), false)
            .onSuccess(document -> send(context, document))
            .onFailure(context::fail);
  }

  private static void send(RoutingContext context, Optional<Document> document) {
    if (document.isPresent()) {
      send(context, document.get());
    } else {
      context.response().putHeader("Retry-After", "5");
      Problem.unavailable("What the torrent holds is still being fetched.").send(context);
    }
  }

  private static void send(RoutingContext context, Document document) {
    context
        .response()
        .putHeader("Content-Type", document.mediaType())
        .putHeader("Content-Disposition", ContentDisposition.attachment(document.fileName()))
        .putHeader("Content-Length", Integer.toString(document.body().length()))
        .putHeader("Cache-Control", "no-cache")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (context.request().method().equals(HttpMethod.HEAD)) {
      var _ = context.response().end();
    } else {
      var _ = context.response().end(document.body());
    }
  }

  private Document torrent(KnownTorrent torrent, TorrentInfo info) {
    byte[] bytes = MetainfoWriter.write(PublishedTorrent.of(torrent, info, links));
    return new Document("application/x-bittorrent", info.name() + TORRENT, Buffer.buffer(bytes));
  }

  private Document playlist(KnownTorrent torrent, TorrentInfo info) {
    StringBuilder lines = new StringBuilder("#EXTM3U\n");
    for (TorrentFile file : info.files()) {
      if (!file.pad() && MediaTypes.playable(MediaTypes.of(file.name()))) {
        // Safe names hold no control characters, so a name is never more than its line.
        lines.append("#EXTINF:-1,").append(file.name()).append('\n');
        lines.append(links.stream(info, file)).append('\n');
      }
    }
    return new Document(
        "audio/x-mpegurl; charset=utf-8", info.name() + PLAYLIST, Buffer.buffer(lines.toString()));
  }
}

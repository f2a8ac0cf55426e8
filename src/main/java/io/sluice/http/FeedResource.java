package io.sluice.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentInfo;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * {@code /feed.json}: the library as a feed, for readers and mirrors; page by page, the latest
 * first. Private torrents (BEP 27) are never in it, nor what is here only because somebody asked
 * for its bytes.
 */
@Path("/feed.json")
@Tag(name = "feed")
public class FeedResource {

  private static final String MEDIA_TYPE = "application/feed+json";
  private static final String TORRENT = "application/x-bittorrent";
  private static final int PAGE = 50;
  private static final int MAX_PAGE = 200;

  @Inject Library library;
  @Inject Links links;
  @Inject Mirrors mirrors;
  @Inject ObjectMapper json;

  @GET
  @RunOnVirtualThread
  @Operation(summary = "The public torrents of this gateway as a JSON Feed, the latest first")
  public Response page(
      @QueryParam("before") @Nullable String before,
      @QueryParam("limit") @Nullable String limit,
      @HeaderParam("If-None-Match") @Nullable String known)
      throws JsonProcessingException {
    if (!mirrors.publishes()) {
      throw new ProblemException(404, "this gateway has no feed");
    }
    FeedPage page =
        FeedPage.of(
            library.list(), infoHash -> !mirrors.isPassing(infoHash), cursor(before), size(limit));
    String entityTag = entityTag(page, before + " " + limit);
    if (known != null && EntityTags.parse(known).matchesWeakly(entityTag)) {
      return Response.notModified().header("ETag", entityTag).build();
    }
    return Response.ok(json.writeValueAsBytes(feed(page, before, limit)), MEDIA_TYPE)
        .header("ETag", entityTag)
        .header("Cache-Control", "no-cache")
        .header("X-Content-Type-Options", "nosniff")
        .build();
  }

  private static Optional<FeedPage.Cursor> cursor(@Nullable String before) {
    try {
      return Optional.ofNullable(before).map(FeedPage.Cursor::parse);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(400, String.valueOf(malformed.getMessage()));
    }
  }

  private static int size(@Nullable String limit) {
    if (limit == null) {
      return PAGE;
    }
    if (!limit.matches("[0-9]{1,9}") || Integer.parseInt(limit) < 1) {
      throw new ProblemException(400, "\"limit\" is a number from 1");
    }
    return Math.min(MAX_PAGE, Integer.parseInt(limit));
  }

  private FeedJson feed(FeedPage page, @Nullable String before, @Nullable String limit) {
    String url = links.base() + "/feed.json";
    String size = limit == null ? "" : "&limit=" + size(limit);
    return new FeedJson(
        FeedJson.VERSION,
        "Sluice at " + URI.create(links.base()).getAuthority(),
        links.base() + "/",
        before == null ? url : url + "?before=" + before + size,
        page.next().map(next -> url + "?before=" + next.text() + size),
        new FeedJson.Gateway(links.base() + "/api/v1/mirrors"),
        page.entries().stream().map(this::item).toList());
  }

  private FeedJson.Item item(FeedPage.Entry entry) {
    KnownTorrent torrent = entry.torrent();
    TorrentInfo info = entry.info();
    String hex = torrent.infoHash().hex();
    long bytes = info.geometry().totalBytes();
    // What it takes to write it is what it takes to know its length.
    int size = MetainfoWriter.write(PublishedTorrent.of(torrent, info, links)).length;
    return new FeedJson.Item(
        hex,
        links.page(torrent.infoHash()),
        torrent.name(),
        "%s, %d bytes".formatted(torrent.name(), bytes),
        torrent.added(),
        List.of(
            new FeedJson.Attachment(
                links.base() + "/torrents/" + hex + ".torrent", TORRENT, torrent.name(), size)),
        new FeedJson.Torrent(
            bytes,
            info.geometry().pieceBytes(),
            torrent.policy().text(),
            views(torrent),
            links.webSeed(info).toString(),
            isComplete(torrent),
            mirrors.mirroredFrom(torrent.infoHash()).map(URI::toString)));
  }

  private static long views(KnownTorrent torrent) {
    return torrent.counters().views();
  }

  private static boolean isComplete(KnownTorrent torrent) {
    var status = torrent.swarm().status();
    return status.totalBytes() > 0 && status.heldBytes() == status.totalBytes();
  }

  /** Strong: of everything that the page is made of, without making it. */
  private String entityTag(FeedPage page, String query) {
    StringBuilder all = new StringBuilder(links.base() + '\n' + query + '\n');
    for (FeedPage.Entry entry : page.entries()) {
      KnownTorrent torrent = entry.torrent();
      all.append(torrent.infoHash().hex())
          .append(' ')
          .append(torrent.added())
          .append(' ')
          .append(torrent.policy())
          .append(views(torrent))
          .append(isComplete(torrent))
          .append(mirrors.mirroredFrom(torrent.infoHash()))
          .append(links.trackers(torrent))
          .append(links.mirrors(torrent.infoHash()))
          .append(torrent.source().webSeeds())
          .append('\n');
    }
    all.append(page.next());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return "\"" + HexFormat.of().formatHex(digest, 0, 16) + "\"";
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}

package io.sluice.embed;

import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.MagnetLink;
import io.sluice.metainfo.MetainfoException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The page that an iframe shows, at {@code /embed/{infohash}[/{path}]}, or at {@code
 * /embed/torrent} for one that is known by the URL of its .torrent file: one document for all,
 * which reads from its own URL what to play. Nothing that a torrent or a caller says becomes
 * markup.
 */
public final class EmbedPage {

  /**
   * Any site may frame the player; it loads nothing but this gateway's own files, and a poster from
   * wherever the site says.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src http: https:;"
          + " media-src 'self' blob:; connect-src 'self'; worker-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors *";

  private static final String PATH =
      "^/embed/(?:torrent$|(?:[0-9a-fA-F]{40}|[2-7a-zA-Z]{32})(?:/.*)?$)";

  private static final String CLOSED = "data-open=\"false\"";

  /** Told which torrents are about to be watched, on the event loop. */
  @FunctionalInterface
  public interface Audience {
    /**
     * One of them.
     *
     * @param magnet the torrent, with the trackers that the page around the frame knows
     * @param visitor the address that asked
     */
    void expects(Magnet magnet, String visitor);
  }

  private final Buffer page;
  private final Optional<Audience> audience;

  /**
   * @param audience where a torrent that the gateway does not know plays: the page's URL names it
   *     ({@code ?magnet=}), so that it is looked for before the page has loaded. Any site can frame
   *     the page, so only where everybody may have any torrent
   */
  public EmbedPage(Optional<Audience> audience) {
    this.audience = audience;
    String document = document();
    if (!document.contains(CLOSED)) {
      throw new IllegalStateException("the player page lacks " + CLOSED);
    }
    page =
        Buffer.buffer(
            audience.isPresent() ? document.replace(CLOSED, "data-open=\"true\"") : document);
  }

  private static String document() {
    try (InputStream resource =
        EmbedPage.class.getResourceAsStream("/META-INF/resources/embed/player.html")) {
      if (resource == null) {
        throw new IllegalStateException("the player page is not among the resources");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  public void mount(Router router) {
    router.getWithRegex(PATH).handler(this::answer);
  }

  private void answer(RoutingContext context) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .end(page);
    audience.ifPresent(told -> expect(context, told));
  }

  private static void expect(RoutingContext context, Audience told) {
    SocketAddress visitor = context.request().remoteAddress();
    String magnet = context.request().getParam("magnet");
    if (visitor == null || magnet == null) {
      return;
    }
    try {
      told.expects(MagnetLink.parse(magnet), visitor.hostAddress());
    } catch (MetainfoException malformed) {
      // The page says what is wrong with its torrent.
    }
  }
}

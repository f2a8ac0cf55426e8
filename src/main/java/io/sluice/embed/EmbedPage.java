package io.sluice.embed;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

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

  private final Buffer page;

  /**
   * @param open whether the page may add a torrent that the gateway does not know; any site can
   *     frame it, so only where everybody may add torrents
   */
  public EmbedPage(boolean open) {
    String document = document();
    if (!document.contains(CLOSED)) {
      throw new IllegalStateException("the player page lacks " + CLOSED);
    }
    page = Buffer.buffer(open ? document.replace(CLOSED, "data-open=\"true\"") : document);
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
  }
}

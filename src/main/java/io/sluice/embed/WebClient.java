package io.sluice.embed;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The headers of the files in {@code web-client}, which are served as static resources: what the
 * web app's page may load, who may frame it, who may read the scripts, and how long a browser may
 * keep them.
 */
public final class WebClient {

  /** Nothing but this gateway's own files, and no page around it. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " media-src 'self' blob:; connect-src 'self'; worker-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private WebClient() {}

  /** Mounts before the static resources; each handler lets the request go on. */
  public static void mount(Router router) {
    router.get("/").handler(WebClient::page);
    router.get("/index.html").handler(WebClient::page);
    router
        .get("/assets/*")
        .handler(context -> script(context, "public, max-age=31536000, immutable"));
    router.get("/embed.js").handler(context -> script(context, "no-cache"));
    router.get("/sluice.js").handler(context -> script(context, "no-cache"));
    router.get("/integrity.json").handler(context -> script(context, "no-cache"));
    router.get("/sw.js").handler(WebClient::worker);
  }

  private static void page(RoutingContext context) {
    headers(context, "no-cache")
        .set("Content-Security-Policy", POLICY)
        .set("Referrer-Policy", "no-referrer");
    context.next();
  }

  /** Pages of any site load these; a hashed name never has other content. */
  private static void script(RoutingContext context, String cacheControl) {
    headers(context, cacheControl)
        .set("Access-Control-Allow-Origin", "*")
        .set("Cross-Origin-Resource-Policy", "cross-origin");
    context.next();
  }

  private static void worker(RoutingContext context) {
    headers(context, "no-cache")
        .set("Content-Security-Policy", "default-src 'none'; connect-src 'self'");
    context.next();
  }

  private static MultiMap headers(RoutingContext context, String cacheControl) {
    return context
        .response()
        .headers()
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaders.CACHE_CONTROL, cacheControl);
  }
}

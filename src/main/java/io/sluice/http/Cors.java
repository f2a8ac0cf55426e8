package io.sluice.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets pages of any origin read what the routes behind it answer, errors and redirects included
 * (the CORS protocol of the Fetch standard), and answers preflight requests itself.
 *
 * <p>Nothing here goes by cookies or by where a request comes from, so any origin may ask; no
 * credentials are allowed along. Header names are listed one by one, since not every browser knows
 * the asterisk.
 */
public final class Cors implements Handler<RoutingContext> {

  private static final String ALLOWED_HEADERS =
      "Range, If-Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since,"
          + " Cache-Control, Pragma, User-Agent, Content-Type, Accept";

  private static final String EXPOSED_HEADERS =
      "Content-Range, Content-Length, Content-Disposition, Accept-Ranges, ETag, Date, Location,"
          + " Retry-After";

  private final String methods;

  private Cors(List<HttpMethod> methods) {
    this.methods = String.join(", ", methods.stream().map(HttpMethod::name).toList());
  }

  /** For routes that answer the given methods; OPTIONS is added. */
  public static Cors of(HttpMethod... methods) {
    List<HttpMethod> all = new ArrayList<>(List.of(methods));
    all.add(HttpMethod.OPTIONS);
    return new Cors(all);
  }

  /** What goes into {@code Allow}. */
  String methods() {
    return methods;
  }

  /** Lets pages of any origin read a response; for those that no route has seen. */
  static void allow(HttpServerResponse response) {
    response
        .headers()
        .set("Access-Control-Allow-Origin", "*")
        .set("Access-Control-Expose-Headers", EXPOSED_HEADERS)
        .set("Cross-Origin-Resource-Policy", "cross-origin");
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerResponse response = context.response();
    allow(response);
    if (!context.request().method().equals(HttpMethod.OPTIONS)) {
      context.next();
      return;
    }
    response
        .headers()
        .set("Date", HttpDate.now())
        .set("Allow", methods)
        .set("Access-Control-Allow-Methods", methods)
        .set("Access-Control-Allow-Headers", ALLOWED_HEADERS)
        .set("Access-Control-Max-Age", "86400");
    var _ = response.setStatusCode(204).end();
  }
}

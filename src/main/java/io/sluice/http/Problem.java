package io.sluice.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a request was not answered as asked, as {@code application/problem+json} (RFC 9457).
 *
 * @param status the HTTP status, 400..599
 * @param title what kind of problem this is; the same for all of its kind
 * @param detail what is wrong this time, for the person who asked
 * @param members extension members, in order; each value one that JSON can express
 */
public record Problem(int status, String title, String detail, Map<String, Object> members) {

  /** The media type of {@link #json}. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public Problem {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("no problem: " + status);
    }
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  public static Problem of(int status, String title, String detail) {
    return new Problem(status, title, detail, Map.of());
  }

  /** A problem that has no more to it than its status. */
  public static Problem of(int status, String detail) {
    Response.Status known = Response.Status.fromStatusCode(status);
    return of(status, known == null ? "Error" : known.getReasonPhrase(), detail);
  }

  /** 400 */
  public static Problem badRequest(String detail) {
    return of(400, "Bad Request", detail);
  }

  /** 404 */
  public static Problem notFound(String detail) {
    return of(404, "Not Found", detail);
  }

  /** 503: it may work later. */
  public static Problem unavailable(String detail) {
    return of(503, "Service Unavailable", detail);
  }

  /** The same with one more member. */
  public Problem with(String member, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(member, value);
    return new Problem(status, title, detail, more);
  }

  /** The body. */
  public String json() {
    JsonObject json =
        new JsonObject().put("title", title).put("status", status).put("detail", detail);
    members.forEach(json::put);
    return json.encode();
  }

  /** Answers a request with this; headers that have been set stay, and it is not to be cached. */
  public void send(RoutingContext context) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Buffer body = Buffer.buffer(json());
    response
        .setStatusCode(status)
        .putHeader("Date", HttpDate.now())
        .putHeader("Content-Type", MEDIA_TYPE)
        .putHeader("Content-Length", Integer.toString(body.length()))
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (context.request().method().equals(HttpMethod.HEAD)) {
      var _ = response.end();
    } else {
      var _ = response.end(body);
    }
  }
}

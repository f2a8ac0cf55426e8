package io.sluice.http;

import io.sluice.http.Admission.Ask;
import io.sluice.http.Admission.Verdict;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stands before every route and has {@link Admission} decide. What is JAX-RS' is asked for once
 * more by {@link AdmissionFilter}, which knows it whatever its path was written like.
 *
 * <p>Runs on the event loop.
 */
public final class AdmissionGate implements Handler<RoutingContext> {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final List<String> FORWARDED =
      List.of("Forwarded", "X-Forwarded-For", "X-Real-IP");
  private static final String OFFERS = "/api/v1/mirrors";

  private final Admission admission;

  public AdmissionGate(Admission admission) {
    this.admission = admission;
  }

  /** To be mounted before all others. */
  public void mount(Router router) {
    router.route().order(Integer.MIN_VALUE).handler(this);
  }

  @Override
  public void handle(RoutingContext context) {
    // As it came: a path that has yet to be mended cannot be normalized. What of the API is written
    // otherwise is JAX-RS' all the same.
    String path = String.valueOf(context.request().path());
    String method = context.request().method().name();
    Ask ask = path.startsWith("/api/") ? ofApi(method, path) : Ask.SERVE;
    switch (decide(admission, context, ask)) {
      case Verdict.Allowed() -> {
        if (path.equals("/") || path.equals("/index.html")) {
          // A click on our page must not be somebody else's.
          context.response().putHeader("X-Frame-Options", "SAMEORIGIN");
        }
        context.next();
      }
      case Verdict.Refused(int status, String detail) -> {
        if (status == 401) {
          context.response().putHeader("WWW-Authenticate", "Bearer realm=\"sluice\"");
        }
        Problem.of(status, detail).send(context);
      }
    }
  }

  /** What a request to the API is about. */
  static Ask ofApi(String method, String path) {
    if (SAFE.contains(method)) {
      return Ask.READ;
    }
    return method.equals("POST") && path.equals(OFFERS) ? Ask.OFFER : Ask.CHANGE;
  }

  static Verdict decide(Admission admission, RoutingContext context, Ask ask) {
    HttpServerRequest request = context.request();
    if (request.headers().getAll("Host").size() > 1) {
      return new Verdict.Refused(400, "the request has more than one Host");
    }
    SocketAddress here = request.localAddress();
    return admission.decide(
        new Admission.Asked(
            ask,
            remote(request),
            FORWARDED.stream().anyMatch(request.headers()::contains),
            request.isSSL() ? "https" : "http",
            here == null ? -1 : here.port(),
            authority(request),
            header(request, "Origin"),
            header(request, "Sec-Fetch-Site"),
            header(request, "Authorization")));
  }

  private static Optional<InetAddress> remote(HttpServerRequest request) {
    try {
      return Optional.ofNullable(request.remoteAddress())
          .map(SocketAddress::hostAddress)
          .map(InetAddress::ofLiteral);
    } catch (IllegalArgumentException noAddress) {
      return Optional.empty();
    }
  }

  /** As it was written: in HTTP/2 there is no {@code Host}. */
  private static Optional<String> authority(HttpServerRequest request) {
    return header(request, "Host")
        .or(() -> Optional.ofNullable(request.authority()).map(HostAndPort::toString));
  }

  private static Optional<String> header(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name));
  }
}

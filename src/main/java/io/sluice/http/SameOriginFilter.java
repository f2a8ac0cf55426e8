package io.sluice.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other origins from changing what this gateway holds: a browser names the page's
 * origin (RFC 6454 section 7) in every request that could, and it has to be the gateway's own.
 */
public final class SameOriginFilter {

  private static final Set<String> SAFE =
      Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(), HttpMethod.OPTIONS.name());

  @Inject Links links;

  @ServerRequestFilter
  Optional<Response> refuseOtherOrigins(ContainerRequestContext request, RoutingContext context) {
    String origin = request.getHeaderString("Origin");
    if (SAFE.contains(request.getMethod()) || origin == null || isOurs(origin, context)) {
      return Optional.empty();
    }
    String detail = "pages of other origins may not change anything here";
    return Optional.of(
        Response.status(403)
            .type(Problem.MEDIA_TYPE)
            .entity(Problem.of(403, detail).json())
            .build());
  }

  private boolean isOurs(String origin, RoutingContext context) {
    return origin.equals(originOf(URI.create(links.base())))
        || origin.equals(context.request().scheme() + "://" + context.request().getHeader("Host"));
  }

  private static @Nullable String originOf(URI url) {
    return url.getScheme() + "://" + url.getAuthority();
  }
}

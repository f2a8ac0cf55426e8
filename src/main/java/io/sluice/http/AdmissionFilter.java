package io.sluice.http;

import io.sluice.http.Admission.Verdict;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Has {@link Admission} decide on all that is JAX-RS': the API, and the feed. */
public final class AdmissionFilter {

  /** Looked up with each request: the configuration is not there yet when filters are made. */
  @Inject Instance<Admission> admission;

  @ServerRequestFilter
  Optional<Response> refuse(ContainerRequestContext request, RoutingContext context) {
    return switch (AdmissionGate.decide(
        admission.get(),
        context,
        AdmissionGate.ofApi(request.getMethod(), context.normalizedPath()))) {
      case Verdict.Allowed() -> Optional.empty();
      case Verdict.Refused(int status, String detail) -> {
        Response.ResponseBuilder answer =
            Response.status(status)
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(status, detail).json());
        yield Optional.of(
            status == 401
                ? answer.header("WWW-Authenticate", "Bearer realm=\"sluice\"").build()
                : answer.build());
      }
    };
  }
}

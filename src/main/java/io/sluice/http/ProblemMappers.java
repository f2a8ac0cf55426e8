package io.sluice.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.sluice.library.LibraryFullException;
import io.sluice.library.QuotaException;
import io.sluice.metainfo.MetainfoException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Every failure of the API becomes one problem answer (RFC 9457). */
public final class ProblemMappers {

  private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

  @ServerExceptionMapper
  Response of(ProblemException problem) {
    return answer(problem.status(), problem.getMessage());
  }

  @ServerExceptionMapper
  Response of(MetainfoException unusable) {
    return answer(400, unusable.getMessage());
  }

  @ServerExceptionMapper
  Response of(LibraryFullException full) {
    return answer(507, full.getMessage());
  }

  @ServerExceptionMapper
  Response of(QuotaException full) {
    return answer(507, full.getMessage());
  }

  @ServerExceptionMapper
  Response of(JacksonException malformed) {
    return answer(400, "the body is not the JSON that this URL takes");
  }

  /** Quarkus has a mapper of its own for these, which says nothing. */
  @ServerExceptionMapper
  Response of(MismatchedInputException wrongShape) {
    return answer(400, "the body is not the JSON that this URL takes");
  }

  @ServerExceptionMapper
  Response of(WebApplicationException failure) {
    int status = failure.getResponse().getStatus();
    return status < 400 ? failure.getResponse() : answer(status, detail(status));
  }

  @ServerExceptionMapper
  Response of(RuntimeException bug) {
    LOG.error("An API request failed", bug);
    return answer(500, "the gateway failed; its log says how");
  }

  private static String detail(int status) {
    return switch (status) {
      case 400 -> "the request cannot be understood";
      case 404 -> "there is nothing here";
      case 405 -> "this URL does not take that method";
      case 406 -> "this URL does not speak any media type that you accept";
      case 413 -> "the body is too large";
      case 415 -> "this URL does not take a body of that media type";
      default -> "the request failed";
    };
  }

  private static Response answer(int status, @Nullable String detail) {
    return Response.status(status)
        .type(Problem.MEDIA_TYPE)
        .entity(Problem.of(status, String.valueOf(detail)).json())
        .build();
  }
}

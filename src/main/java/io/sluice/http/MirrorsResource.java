package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Other gateways: those that this one mirrors, and those that mirror it. */
@Path("/api/v1/mirrors")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "mirrors")
public class MirrorsResource {

  /** The public URL of a gateway that mirrors this one. */
  public record OfferRequest(@Nullable String url) {}

  /** All of them. */
  public record MirrorsJson(List<FollowedJson> follows, List<KnownJson> mirrors) {}

  /** A gateway whose feed is followed. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record FollowedJson(
      String feed,
      Optional<Instant> read,
      @JsonInclude int torrents,
      @JsonInclude long bytes,
      Optional<String> problem) {
    static FollowedJson of(Mirrors.Followed one) {
      return new FollowedJson(
          one.feed().toString(), one.read(), one.torrents(), one.bytes(), one.problem());
    }
  }

  /** A gateway that may mirror this one. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record KnownJson(
      String url, Optional<Instant> checked, @JsonInclude int torrents, Optional<String> problem) {
    static KnownJson of(Mirrors.Known one) {
      return new KnownJson(one.url().toString(), one.checked(), one.torrents(), one.problem());
    }
  }

  @Inject Mirrors mirrors;

  @GET
  @Operation(summary = "The gateways that this one mirrors, and those that mirror it")
  public MirrorsJson list() {
    return new MirrorsJson(
        mirrors.followed().stream().map(FollowedJson::of).toList(),
        mirrors.known().stream().map(KnownJson::of).toList());
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Say that a gateway mirrors this one, which then asks it for proof")
  @APIResponse(responseCode = "202", description = "It will be asked")
  @APIResponse(responseCode = "403", description = "It is not in sluice.mirror.accept")
  public Response offer(@Nullable OfferRequest request) {
    String text = request == null ? null : request.url();
    if (text == null) {
      throw new ProblemException(400, "send \"url\", where the mirror is reached");
    }
    if (!mirrors.offered(url(text))) {
      throw new ProblemException(403, "that is none of the mirrors that this gateway accepts");
    }
    return Response.accepted().build();
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException malformed) {
      throw new ProblemException(400, "\"url\" is no URL");
    }
  }
}

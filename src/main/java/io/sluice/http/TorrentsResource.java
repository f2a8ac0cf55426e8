package io.sluice.http;

import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.Policy;
import io.sluice.library.SeedJobs;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.MagnetLink;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.swarm.PieceState;
import io.sluice.transport.webseed.WebSeedUrl;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.multipart.FileUpload;
import org.jspecify.annotations.Nullable;

/** The torrents of this gateway: add, list, one, remove. */
@Path("/api/v1/torrents")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "torrents")
public class TorrentsResource {

  private static final String EXACTLY_ONE =
      "send exactly one of \"magnet\", \"infohash\", \"url\" and \"path\"";

  /** A torrent that sleeps is awake long before. */
  private static final int WAKE_SECONDS = 10;

  /** Web seeds that one request may name. */
  private static final int MAX_WEB_SEEDS = 32;

  /**
   * What a client sends to add a torrent; exactly one of the first three and {@code path} is set.
   *
   * @param url of a {@code .torrent} file, which the gateway fetches
   * @param webSeeds to draw from beside those that the link names (BEP 19)
   * @param policy {@code cached}, which is what a new torrent is when nothing is said, or {@code
   *     kept}; a torrent that is known already gets what is said, and stays as it is otherwise
   * @param path of a file or folder on the gateway's machine, absolute, to be seeded from there
   */
  public record AddRequest(
      @Nullable String magnet,
      @Nullable String infohash,
      @Nullable String url,
      @Nullable List<String> webSeeds,
      @Nullable String policy,
      @Nullable String path) {}

  @Inject Library library;
  @Inject Links links;
  @Inject TrackerListing trackers;
  @Inject TorrentFetcher fetcher;
  @Inject LibraryListener listener;
  @Inject SeedJobs jobs;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  @Operation(summary = "Add a torrent by magnet link, infohash or the URL of a .torrent file")
  @APIResponse(responseCode = "201", description = "Added; Location names it")
  @APIResponse(responseCode = "200", description = "Known already")
  @APIResponse(responseCode = "202", description = "Files are being hashed; Location names the job")
  @APIResponse(
      responseCode = "400",
      description = "Not a magnet link, infohash or URL of a torrent")
  @APIResponse(responseCode = "502", description = "The URL does not answer with a torrent")
  @APIResponse(responseCode = "504", description = "The URL does not answer in time")
  @APIResponse(responseCode = "507", description = "No room: for one more, or to keep it")
  public Response add(@Nullable AddRequest request) {
    if (request == null) {
      throw new ProblemException(400, EXACTLY_ONE);
    }
    String path = request.path();
    if (path != null
        && Stream.of(request.magnet(), request.infohash(), request.url())
            .allMatch(Objects::isNull)) {
      return seed(path);
    }
    List<URI> webSeeds = webSeeds(request.webSeeds());
    Optional<Policy> policy = policy(request.policy());
    Response answer = added(source(request).withWebSeeds(webSeeds), policy);
    Optional.ofNullable(request.magnet()).map(MagnetLink::parse).ifPresent(fetcher::seek);
    return answer;
  }

  /** Begins to make a torrent of files of this machine. */
  private Response seed(String text) {
    java.nio.file.Path path;
    try {
      path = java.nio.file.Path.of(text);
    } catch (InvalidPathException malformed) {
      throw new ProblemException(400, "\"path\" is no path");
    }
    if (!path.isAbsolute()) {
      throw new ProblemException(400, "\"path\" is not absolute");
    }
    if (!Files.exists(path)) {
      throw new ProblemException(400, "there is no such file or folder on this machine");
    }
    try {
      JobJson job = JobJson.of(jobs.begin(path).now());
      return Response.accepted(job)
          .location(URI.create(links.base() + "/api/v1/jobs/" + job.id()))
          .build();
    } catch (SeedJobs.TooManyException full) {
      throw new ProblemException(503, String.valueOf(full.getMessage()));
    }
  }

  private TorrentSource source(AddRequest request) {
    String magnet = request.magnet();
    String infohash = request.infohash();
    String url = request.url();
    if (Stream.of(magnet, infohash, url, request.path()).filter(Objects::nonNull).count() != 1) {
      throw new ProblemException(400, EXACTLY_ONE);
    }
    if (magnet != null) {
      return TorrentSource.of(MagnetLink.parse(magnet));
    }
    return url != null
        ? TorrentSource.of(fetcher.fetch(url(url)))
        : TorrentSource.of(infoHash(String.valueOf(infohash)));
  }

  private static URI url(String text) {
    try {
      return new URI(text.strip());
    } catch (URISyntaxException malformed) {
      throw new ProblemException(400, "\"url\" is no URL");
    }
  }

  @POST
  @Consumes(MediaType.MULTIPART_FORM_DATA)
  @RunOnVirtualThread
  @Operation(summary = "Add a torrent by its .torrent file, form field \"torrent\"")
  @APIResponse(responseCode = "201", description = "Added; Location names it")
  @APIResponse(responseCode = "200", description = "Known already")
  @APIResponse(responseCode = "400", description = "Not a torrent that can be used")
  public Response upload(
      @RestForm("torrent") @Nullable FileUpload torrent,
      @RestForm("policy") @Nullable String policy)
      throws IOException {
    if (torrent == null) {
      throw new ProblemException(400, "the form has no file in its field \"torrent\"");
    }
    if (torrent.size() > Metainfo.MAX_FILE_BYTES) {
      throw new ProblemException(
          413, "a torrent file may have %d bytes".formatted(Metainfo.MAX_FILE_BYTES));
    }
    byte[] bytes = Files.readAllBytes(torrent.uploadedFile());
    return added(TorrentSource.of(MetainfoReader.read(bytes)), policy(policy));
  }

  private static List<URI> webSeeds(@Nullable List<String> urls) {
    if (urls == null) {
      return List.of();
    }
    if (urls.size() > MAX_WEB_SEEDS) {
      throw new ProblemException(400, "at most %d \"webSeeds\"".formatted(MAX_WEB_SEEDS));
    }
    try {
      return urls.stream()
          .map(url -> new WebSeedUrl(URI.create(Objects.requireNonNullElse(url, ""))).base())
          .toList();
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          400, "one of \"webSeeds\" is no web seed: " + malformed.getMessage());
    }
  }

  private static Optional<Policy> policy(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    return Policy.of(text)
        .filter(policy -> policy != Policy.SEEDED)
        .or(
            () -> {
              throw new ProblemException(400, "\"policy\" is \"cached\" or \"kept\"");
            });
  }

  private Response added(TorrentSource source, Optional<Policy> policy) {
    Library.Added added = library.add(policy.map(source::withPolicy).orElse(source));
    listener.claimed(source.infoHash());
    KnownTorrent torrent =
        policy
            .flatMap(wanted -> library.policy(source.infoHash(), wanted))
            .orElseGet(added::torrent);
    TorrentJson body = TorrentJson.of(torrent, links);
    return added.isNew()
        ? Response.created(URI.create(links.base() + "/api/v1/torrents/" + body.infohash()))
            .entity(body)
            .build()
        : Response.ok(body).build();
  }

  @GET
  @Operation(
      summary = "All torrents, in the order in which they came, or a part of them",
      description =
          "q: what the name has in it, in any case, or what the infohash begins with."
              + " The header X-Total-Count says how many there are, whatever the part.")
  public RestResponse<List<TorrentJson>> list(
      @RestQuery("limit") @Nullable String limit,
      @RestQuery("offset") @Nullable String offset,
      @RestQuery("q") @Nullable String query) {
    Library.Page page =
        library.list(
            query == null ? "" : query,
            number("offset", offset, 0),
            number("limit", limit, Integer.MAX_VALUE));
    List<TorrentJson> torrents =
        page.torrents().parallelStream().map(torrent -> TorrentJson.of(torrent, links)).toList();
    return RestResponse.ResponseBuilder.ok(torrents).header("X-Total-Count", page.total()).build();
  }

  private static int number(String name, @Nullable String text, int otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      // The same answer as for a number that makes no sense.
    }
    throw new ProblemException(400, "\"" + name + "\" is a number from 0 on");
  }

  @GET
  @Path("{infohash}")
  @Operation(summary = "One torrent")
  public TorrentJson one(@PathParam("infohash") String infohash) {
    KnownTorrent torrent = find(infohash);
    return TorrentJson.of(torrent, links, trackers.of(torrent.infoHash()));
  }

  @DELETE
  @Path("{infohash}")
  @Operation(summary = "Forget a torrent and what is held of it")
  @APIResponse(responseCode = "204", description = "Removed")
  public void remove(@PathParam("infohash") String infohash) {
    if (!library.remove(infoHash(infohash))) {
      throw unknown(infohash);
    }
    listener.removed(infoHash(infohash));
  }

  @GET
  @Path("{infohash}/peers")
  @Operation(summary = "Who the torrent is exchanged with, and how")
  public List<PeerJson> peers(@PathParam("infohash") String infohash) {
    return find(infohash).swarm().peers().stream().map(PeerJson::of).toList();
  }

  @GET
  @Path("{infohash}/decisions")
  @Operation(summary = "The last blocks that were asked for, the newest first, and why there")
  public List<DecisionJson> decisions(@PathParam("infohash") String infohash) {
    return DecisionJson.of(find(infohash).swarm().decisions());
  }

  @GET
  @Path("{infohash}/pieces")
  @Operation(summary = "Which pieces are where")
  public PiecesJson pieces(@PathParam("infohash") String infohash) {
    KnownTorrent torrent = find(infohash);
    try {
      return PiecesJson.of(torrent.swarm().wake().get(WAKE_SECONDS, TimeUnit.SECONDS).pieces());
    } catch (ExecutionException | TimeoutException removed) {
      throw unknown(infohash);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new ProblemException(503, "the gateway is stopping");
    }
  }

  private KnownTorrent find(String infohash) {
    Optional<KnownTorrent> torrent = library.find(infoHash(infohash));
    return torrent.orElseThrow(() -> unknown(infohash));
  }

  private static InfoHash infoHash(String text) {
    try {
      return InfoHash.parse(text);
    } catch (WireException malformed) {
      throw new MetainfoException(String.valueOf(malformed.getMessage()));
    }
  }

  private static ProblemException unknown(String infohash) {
    return new ProblemException(404, "this gateway does not have the torrent " + infohash);
  }

  /**
   * The states of a torrent's pieces.
   *
   * @param count number of pieces
   * @param states one letter a piece: {@code -} missing, {@code w} wanted, {@code a} active, {@code
   *     v} verifying, {@code h} held
   */
  public record PiecesJson(int count, int held, String states) {
    static PiecesJson of(List<PieceState> pieces) {
      StringBuilder states = new StringBuilder(pieces.size());
      int held = 0;
      for (PieceState piece : pieces) {
        held += piece == PieceState.HELD ? 1 : 0;
        states.append(letter(piece));
      }
      return new PiecesJson(pieces.size(), held, states.toString());
    }

    private static char letter(PieceState state) {
      return switch (state) {
        case MISSING -> '-';
        case WANTED, ACTIVE, VERIFYING, HELD -> state.name().toLowerCase(Locale.ROOT).charAt(0);
      };
    }
  }
}

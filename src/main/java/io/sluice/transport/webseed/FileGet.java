package io.sluice.transport.webseed;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One GET for a part of a file, redirects included. Every hop is checked and goes to an address
 * that the resolver allowed. Of a good answer exactly the bytes that were asked for are passed on.
 *
 * <p>Confined to a Vert.x context; the sink is called on it.
 */
final class FileGet {

  /** Takes what comes. */
  interface Sink {
    /** Bytes, in order. */
    void bytes(Buffer bytes);

    /** The last call. */
    void ended(GetOutcome outcome);
  }

  /** What all requests of a link share. */
  record Surroundings(
      Context context,
      HttpClient client,
      HostResolver resolver,
      WebSeedLimits limits,
      Clock clock,
      String userAgent) {}

  private final Surroundings around;
  private final FileRange range;
  private final Sink sink;
  private @Nullable HttpClientRequest request;
  private int redirects;
  private long toSkip;
  private long toCome;
  private boolean wholeFile;
  private boolean over;

  FileGet(Surroundings around, FileRange range, Sink sink) {
    this.around = around;
    this.range = range;
    this.sink = sink;
    toCome = range.bytes();
  }

  void start(URI url) {
    Optional<String> problem = WebSeedUrl.problem(url);
    if (problem.isPresent()) {
      end(new GetOutcome.Unusable("redirects to " + problem.get()));
      return;
    }
    String host = url.getHost().replaceAll("^\\[|]$", "");
    around
        .resolver()
        .resolve(host, WebSeedUrl.port(url))
        .whenComplete(
            (addresses, failure) ->
                around.context().runOnContext(_ -> resolved(url, addresses, failure)));
  }

  /** Ends it without a word to the sink. */
  void abort() {
    over = true;
    reset();
  }

  private void resolved(
      URI url, @Nullable List<InetSocketAddress> addresses, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    if (addresses == null || addresses.isEmpty()) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      String reason = url.getHost() + ": " + (cause == null ? "no address" : cause.getMessage());
      end(
          cause instanceof RefusedHostException
              ? new GetOutcome.Unusable(reason)
              : new GetOutcome.Failed(reason));
      return;
    }
    connect(url, addresses, 0);
  }

  private void connect(URI url, List<InetSocketAddress> addresses, int index) {
    around
        .client()
        .request(options(url, addresses.get(index)))
        .onComplete(
            connected -> {
              if (connected.succeeded()) {
                send(url, connected.result());
              } else if (over) {
                return;
              } else if (index + 1 < addresses.size()) {
                connect(url, addresses, index + 1);
              } else {
                end(new GetOutcome.Failed("no connection to " + url.getHost()));
              }
            });
  }

  private RequestOptions options(URI url, InetSocketAddress address) {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setServer(
            SocketAddress.inetSocketAddress(
                address.getPort(), address.getAddress().getHostAddress()))
        .setHost(url.getHost())
        .setPort(WebSeedUrl.port(url))
        .setSsl(WebSeedUrl.isSecure(url))
        .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
        .setConnectTimeout(around.limits().connect().toMillis())
        .setIdleTimeout(around.limits().silence().toMillis())
        .putHeader("Range", "bytes=" + range.from() + "-" + range.last())
        .putHeader("Accept-Encoding", "identity")
        .putHeader("User-Agent", around.userAgent());
  }

  private void send(URI url, HttpClientRequest connected) {
    if (over) {
      var _ = connected.reset();
      return;
    }
    request = connected;
    connected
        .send()
        .onComplete(
            answered -> {
              if (over) {
                reset();
              } else if (answered.failed()) {
                failed();
              } else {
                answered(url, answered.result());
              }
            });
  }

  private void answered(URI url, HttpClientResponse response) {
    response.exceptionHandler(_ -> failed());
    switch (response.statusCode()) {
      case 206 -> partial(response);
      case 200 -> whole(response);
      case 301, 302, 303, 307, 308 -> {
        // What comes of this hop's connection is of no interest any more.
        response.exceptionHandler(_ -> {});
        redirected(url, response.getHeader("Location"));
      }
      case 401, 402, 403, 404, 405, 406, 410, 416, 451 ->
          end(new GetOutcome.NoSuchFile("answers " + response.statusCode()));
      case 429, 503 ->
          end(
              new GetOutcome.Busy(
                  RetryAfter.parse(
                      response.getHeader("Retry-After"),
                      around.clock(),
                      around.limits().longestPause()),
                  "answers " + response.statusCode()));
      default -> end(new GetOutcome.Failed("answers " + response.statusCode()));
    }
  }

  private void partial(HttpClientResponse response) {
    Optional<ContentRange> sent = ContentRange.parse(response.getHeader("Content-Range"));
    if (sent.isEmpty()) {
      end(new GetOutcome.Unusable("sends parts without Content-Range"));
    } else if (!sent.get().is(range.from(), range.last(), range.file().length())) {
      end(new GetOutcome.NoSuchFile("sends another range than asked for"));
    } else {
      receive(response, range.bytes());
    }
  }

  /** A server that does not know ranges is still good for the beginning of a file. */
  private void whole(HttpClientResponse response) {
    if (range.from() > around.limits().skipBytes()) {
      end(new GetOutcome.Unusable("ignores Range"));
      return;
    }
    toSkip = range.from();
    wholeFile = true;
    receive(response, range.file().length());
  }

  private void receive(HttpClientResponse response, long expectedBytes) {
    String encoding = response.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      end(new GetOutcome.Unusable("sends compressed files"));
      return;
    }
    String length = response.getHeader("Content-Length");
    if (length != null && !length.strip().equals(String.valueOf(expectedBytes))) {
      end(new GetOutcome.NoSuchFile("has a file of another length"));
      return;
    }
    response.handler(this::received);
    response.endHandler(_ -> received());
  }

  private void received(Buffer chunk) {
    if (over) {
      return;
    }
    Buffer rest = chunk;
    if (toSkip > 0) {
      int skipped = (int) Math.min(toSkip, rest.length());
      toSkip -= skipped;
      rest = rest.slice(skipped, rest.length());
    }
    if (rest.length() > toCome) {
      rest = rest.slice(0, (int) toCome);
    }
    if (rest.length() > 0) {
      toCome -= rest.length();
      sink.bytes(rest);
    }
    if (toCome == 0 && wholeFile) {
      // The rest of the file is not wanted.
      end(new GetOutcome.Complete());
    }
  }

  /** The body is over. */
  private void received() {
    if (over) {
      return;
    }
    if (toCome > 0) {
      end(new GetOutcome.Failed("ends a body too early"));
      return;
    }
    over = true;
    sink.ended(new GetOutcome.Complete());
  }

  private void redirected(URI from, @Nullable String location) {
    reset();
    if (location == null || ++redirects > around.limits().redirects()) {
      end(new GetOutcome.NoSuchFile("redirects to nowhere"));
      return;
    }
    try {
      start(from.resolve(location.strip()));
    } catch (IllegalArgumentException malformed) {
      end(new GetOutcome.NoSuchFile("redirects to what is no URL"));
    }
  }

  private void failed() {
    end(new GetOutcome.Failed("the connection broke"));
  }

  /** Ends it, and the connection as well: what is left of the answer is not read. */
  private void end(GetOutcome outcome) {
    if (!over) {
      over = true;
      reset();
      sink.ended(outcome);
    }
  }

  private void reset() {
    HttpClientRequest sent = request;
    request = null;
    if (sent != null) {
      var _ = sent.reset();
    }
  }
}

package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import io.sluice.transport.webseed.WebSeedUrl;
import io.sluice.wire.Client;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what others name by http or https URLs: torrents, feeds, pieces of mirrors. The host of
 * each redirect is resolved and checked anew, and what was checked is what is connected to. Bytes
 * and time are bounded; nothing is unpacked.
 *
 * <p>Safe for any thread; {@link #get} and {@link #post} block.
 */
final class CheckedFetch implements AutoCloseable {

  /**
   * A whole answer.
   *
   * @param url where it came from in the end
   */
  record Answer(URI url, int status, Optional<String> entityTag, Buffer body) {}

  /**
   * What to ask for.
   *
   * @param headers beside those that every request has
   * @param maxBytes of the body
   * @param within from the first name that is resolved to the last byte
   */
  record Question(URI url, Map<String, String> headers, int maxBytes, Duration within) {}

  private static final int REDIRECTS = 5;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int HEADER_BYTES = 16 * 1024;
  private static final int CONNECTIONS_A_HOST = 4;
  private static final int WAITING = 64;

  private final Vertx vertx;
  private final AddressPolicy policy;
  private final HttpClient client;

  CheckedFetch(Vertx vertx, AddressPolicy policy) {
    this.vertx = vertx;
    this.policy = policy;
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setMaxPoolSize(CONNECTIONS_A_HOST)
                .setMaxWaitQueueSize(WAITING)
                .setMaxHeaderSize(HEADER_BYTES)
                .setKeepAlive(false)
                .setDecompressionSupported(false));
  }

  /**
   * Asks, and follows redirects.
   *
   * @throws FetchException with one line, when there is no whole answer; any status is an answer
   */
  Answer get(Question question) throws FetchException, InterruptedException {
    return await(new Exchange(question, Optional.empty()), question);
  }

  /** Sends a body of JSON; redirects are an answer like any other. */
  Answer post(Question question, Buffer json) throws FetchException, InterruptedException {
    return await(new Exchange(question, Optional.of(json)), question);
  }

  private static Answer await(Exchange exchange, Question question)
      throws FetchException, InterruptedException {
    CompletableFuture<Answer> answer = exchange.begin();
    try {
      return answer.get(question.within().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new FetchException(
          FetchException.Kind.LATE,
          "%s took longer than %d s"
              .formatted(question.url().getHost(), question.within().toSeconds()));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof FetchException problem) {
        throw problem;
      }
      throw new FetchException(
          FetchException.Kind.FAILED, "the connection to " + question.url().getHost() + " broke");
    } finally {
      exchange.abandon();
    }
  }

  @Override
  public void close() {
    var _ = client.close();
  }

  /** One question through all its hops. Confined to its context. */
  private final class Exchange {
    private final Question question;
    private final Optional<Buffer> json;
    private final Context context = vertx.getOrCreateContext();
    private final Promise<Answer> answer = Promise.promise();
    private @Nullable HttpClientRequest request;
    private int redirects;

    Exchange(Question question, Optional<Buffer> json) {
      this.question = question;
      this.json = json;
    }

    CompletableFuture<Answer> begin() {
      context.runOnContext(_ -> visit(question.url()));
      return answer.future().toCompletionStage().toCompletableFuture();
    }

    /** Nobody waits any more. */
    void abandon() {
      context.runOnContext(
          _ -> {
            fail(FetchException.Kind.LATE, "nobody waits any more");
            reset();
          });
    }

    private void visit(URI url) {
      WebSeedUrl checked;
      try {
        checked = new WebSeedUrl(url);
      } catch (IllegalArgumentException unusable) {
        fail(FetchException.Kind.REFUSED, unusable.getMessage());
        return;
      }
      String host = checked.base().getHost().replaceAll("^\\[|]$", "");
      var _ =
          Future.fromCompletionStage(policy.resolve(host, port(url)), context)
              .onSuccess(
                  verdict -> {
                    switch (verdict) {
                      case AddressPolicy.Verdict.Allowed(var addresses) ->
                          connect(url, addresses, 0);
                      case AddressPolicy.Verdict.Refused(String reason) ->
                          fail(FetchException.Kind.REFUSED, url.getHost() + ": " + reason);
                    }
                  })
              .onFailure(_ -> fail(FetchException.Kind.FAILED, "cannot resolve " + url.getHost()));
    }

    private void connect(URI url, List<InetSocketAddress> addresses, int index) {
      if (answer.future().isComplete()) {
        return;
      }
      var _ =
          client
              .request(options(url, addresses.get(index)))
              .onSuccess(connected -> send(url, connected))
              .onFailure(
                  _ -> {
                    if (index + 1 < addresses.size()) {
                      connect(url, addresses, index + 1);
                    } else {
                      fail(FetchException.Kind.FAILED, "no connection to " + url.getHost());
                    }
                  });
    }

    private RequestOptions options(URI url, InetSocketAddress address) {
      String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
      RequestOptions options =
          new RequestOptions()
              .setMethod(json.isPresent() ? HttpMethod.POST : HttpMethod.GET)
              .setServer(
                  SocketAddress.inetSocketAddress(
                      address.getPort(), address.getAddress().getHostAddress()))
              .setHost(url.getHost())
              .setPort(port(url))
              .setSsl(isSecure(url))
              .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
              .setConnectTimeout(CONNECT_MILLIS)
              .putHeader("Accept-Encoding", "identity")
              .putHeader("User-Agent", Client.NAME);
      question.headers().forEach(options::putHeader);
      return options;
    }

    private void send(URI url, HttpClientRequest connected) {
      request = connected;
      if (answer.future().isComplete()) {
        reset();
        return;
      }
      var _ =
          json.map(
                  body -> connected.putHeader("Content-Type", "application/json").send(body.copy()))
              .orElseGet(connected::send)
              .onSuccess(response -> answered(url, response))
              .onFailure(_ -> broken(url));
    }

    private void answered(URI url, HttpClientResponse response) {
      response.exceptionHandler(_ -> broken(url));
      if (json.isEmpty() && isRedirect(response.statusCode())) {
        response.exceptionHandler(_ -> {});
        redirected(url, response.getHeader("Location"));
        return;
      }
      Buffer body = Buffer.buffer();
      response.handler(
          chunk -> {
            if (body.length() + (long) chunk.length() > question.maxBytes()) {
              fail(
                  FetchException.Kind.REFUSED,
                  "%s sends more than %d bytes".formatted(url.getHost(), question.maxBytes()));
              reset();
            } else {
              body.appendBuffer(chunk);
            }
          });
      response.endHandler(
          _ ->
              answer.tryComplete(
                  new Answer(
                      url,
                      response.statusCode(),
                      Optional.ofNullable(response.getHeader("ETag")),
                      body)));
    }

    private void redirected(URI from, @Nullable String location) {
      reset();
      if (location == null || ++redirects > REDIRECTS) {
        fail(FetchException.Kind.REFUSED, from.getHost() + " redirects to nowhere");
        return;
      }
      try {
        visit(from.resolve(location.strip()));
      } catch (IllegalArgumentException malformed) {
        fail(FetchException.Kind.REFUSED, from.getHost() + " redirects to what is no URL");
      }
    }

    private void broken(URI url) {
      fail(FetchException.Kind.FAILED, "the connection to " + url.getHost() + " broke");
    }

    private void fail(FetchException.Kind kind, @Nullable String message) {
      answer.tryFail(new FetchException(kind, String.valueOf(message)));
    }

    private void reset() {
      HttpClientRequest sent = request;
      request = null;
      if (sent != null) {
        var _ = sent.reset();
      }
    }
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static boolean isSecure(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  private static int port(URI url) {
    if (url.getPort() > 0) {
      return url.getPort();
    }
    return isSecure(url) ? 443 : 80;
  }
}

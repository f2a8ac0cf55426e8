package io.sluice.transport.webseed;

import io.sluice.metainfo.TorrentInfo;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Opens links to web seeds, which share one HTTP client and its kept-alive connections.
 *
 * <p>Safe for any thread.
 */
public final class WebSeedTransport implements AutoCloseable {

  private static final int CONNECTIONS_A_HOST = 16;
  private static final int WAITING_FOR_CONNECTIONS = 1024;
  private static final int HEADER_BYTES = 16 * 1024;
  private static final int KEEP_ALIVE_SECONDS = 30;

  private final List<Context> contexts;
  private final AtomicInteger nextContext = new AtomicInteger();
  private final HttpClient client;
  private final HostResolver resolver;
  private final WebSeedLimits limits;
  private final String userAgent;

  /**
   * Makes the client; to be called on a thread that is not Vert.x' own.
   *
   * @param resolver asked before every connection
   * @param userAgent how servers are told who asks
   */
  public WebSeedTransport(
      Vertx vertx, HostResolver resolver, WebSeedLimits limits, String userAgent) {
    // A caller's own context may be one that serves requests; these are for links alone.
    contexts =
        Stream.generate(vertx::getOrCreateContext)
            .limit(Runtime.getRuntime().availableProcessors())
            .toList();
    this.resolver = resolver;
    this.limits = limits;
    this.userAgent = userAgent;
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setMaxPoolSize(CONNECTIONS_A_HOST)
                .setMaxWaitQueueSize(WAITING_FOR_CONNECTIONS)
                .setMaxHeaderSize(HEADER_BYTES)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setDecompressionSupported(false));
  }

  /**
   * Makes a link. It connects when it is first asked for a block.
   *
   * @param onEnd hears why the link ended, once, on a thread that must not be held up
   */
  public WebSeedLink open(TorrentInfo info, WebSeedUrl url, Consumer<WebSeedEnd> onEnd) {
    Context context = contexts.get(Math.floorMod(nextContext.getAndIncrement(), contexts.size()));
    FileGet.Surroundings around =
        new FileGet.Surroundings(context, client, resolver, limits, Clock.systemUTC(), userAgent);
    return new WebSeedLink(around, info, url, onEnd);
  }

  public WebSeedLimits limits() {
    return limits;
  }

  /** Ends the connections; links should have been closed before. */
  @Override
  public void close() {
    var _ = client.close();
  }
}

package io.sluice.transport.webseed;

import io.sluice.metainfo.TorrentInfo;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.time.Clock;
import java.util.function.Consumer;

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

  private final Vertx vertx;
  private final HttpClient client;
  private final HostResolver resolver;
  private final WebSeedLimits limits;
  private final String userAgent;

  /**
   * @param resolver asked before every connection
   * @param userAgent how servers are told who asks
   */
  public WebSeedTransport(
      Vertx vertx, HostResolver resolver, WebSeedLimits limits, String userAgent) {
    this.vertx = vertx;
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
    FileGet.Surroundings around =
        new FileGet.Surroundings(
            vertx.getOrCreateContext(), client, resolver, limits, Clock.systemUTC(), userAgent);
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

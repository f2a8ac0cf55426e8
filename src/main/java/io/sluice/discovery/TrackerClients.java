package io.sluice.discovery;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Announces torrents to trackers. There is one connection to each WebSocket tracker, whatever the
 * number of torrents.
 *
 * <p>Everything happens on one event loop of its own, which {@link OfferSource}s and suppliers of
 * {@link AnnounceStats} are called on as well. Safe for any thread.
 */
public final class TrackerClients {

  private final AddressPolicy policy;
  private final DiscoveryLimits limits;
  private final SecureRandom random = new SecureRandom();
  private final NioEventLoopGroup group =
      new NioEventLoopGroup(1, new DefaultThreadFactory("sluice-trackers", true));
  private final EventLoop loop = group.next();
  private final WebSocketDialer dialer;

  /** Confined to the event loop, as is the flag below. */
  private final Map<TrackerUrl.WebSocket, TrackerConnection> connections = new HashMap<>();

  private boolean closing;
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

  /**
   * @param policy asked where each connection may go
   */
  public TrackerClients(AddressPolicy policy, DiscoveryLimits limits) {
    this(policy, limits, verifying(SslContextBuilder.forClient()));
  }

  TrackerClients(AddressPolicy policy, DiscoveryLimits limits, SslContext tls) {
    this.policy = policy;
    this.limits = limits;
    dialer = new WebSocketDialer(loop, limits.webSockets(), tls);
  }

  /** TLS that checks certificates, and that they are for the tracker's name (RFC 9525). */
  static SslContext verifying(SslContextBuilder builder) {
    try {
      return builder.sslProvider(SslProvider.JDK).endpointIdentificationAlgorithm("HTTPS").build();
    } catch (SSLException broken) {
      throw new IllegalStateException("this Java has no TLS", broken);
    }
  }

  /**
   * Announces a torrent to a tracker, from now on until the announcement is closed. One that is
   * announced to the same tracker already is announced anew in its place.
   *
   * @param tracker any URL; one that cannot be used gives an announcement that says so
   * @param peerId the same for all announces of the torrent
   * @param stats asked for each announce; must not block
   */
  public TrackerAnnouncement announce(
      URI tracker,
      InfoHash infoHash,
      PeerId peerId,
      OfferSource source,
      Supplier<AnnounceStats> stats) {
    return switch (TrackerUrl.of(tracker)) {
      case TrackerUrl.Unsupported(String reason) ->
          new Handle(tracker, new TrackerStatus.Unsupported(reason));
      case TrackerUrl.WebSocket url -> {
        Handle handle = new Handle(tracker, new TrackerStatus.Connecting());
        AnnouncedTorrent torrent = new AnnouncedTorrent(infoHash, peerId, source, stats);
        handle.post(() -> start(url, torrent, handle));
        yield handle;
      }
    };
  }

  private void start(TrackerUrl.WebSocket url, AnnouncedTorrent torrent, Handle handle) {
    if (closing) {
      handle.status = new TrackerStatus.Stopped();
      return;
    }
    TrackerConnection connection = connection(url);
    if (connection == null) {
      handle.status = new TrackerStatus.Unsupported("too many trackers at a time");
      return;
    }
    TorrentAnnouncer announcer =
        new TorrentAnnouncer(
            torrent, loop, limits.announces(), status -> handle.status = status, connection);
    handle.announcer = announcer;
    connection.join(announcer);
  }

  private @Nullable TrackerConnection connection(TrackerUrl.WebSocket url) {
    TrackerConnection found = connections.get(url);
    if (found != null && !found.isClosed()) {
      return found;
    }
    if (connections.size() >= limits.webSockets().connections()) {
      return null;
    }
    TrackerConnection made =
        new TrackerConnection(url, loop, dialer, policy, limits, random, this::ended);
    connections.put(url, made);
    return made;
  }

  private void ended(TrackerUrl.WebSocket url, TrackerConnection connection) {
    connections.remove(url, connection);
    if (closing) {
      endWhenEmpty();
    }
  }

  /**
   * Closes all announcements.
   *
   * @return completes when every tracker has heard of it, or did not within a second
   */
  public CompletionStage<@Nullable Void> close() {
    try {
      loop.execute(
          () -> {
            closing = true;
            List.copyOf(connections.values()).forEach(TrackerConnection::closeAll);
            endWhenEmpty();
          });
    } catch (RejectedExecutionException closedBefore) {
      // There is nothing left to close.
    }
    return closed.copy();
  }

  private void endWhenEmpty() {
    if (connections.isEmpty()) {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      group.terminationFuture().addListener(_ -> closed.complete(null));
    }
  }

  /** What the torrent's owner holds: its wishes go to the event loop. */
  private final class Handle implements TrackerAnnouncement {
    private final URI tracker;
    private volatile TrackerStatus status;

    /** Confined to the event loop. */
    private @Nullable TorrentAnnouncer announcer;

    Handle(URI tracker, TrackerStatus status) {
      this.tracker = tracker;
      this.status = status;
    }

    @Override
    public URI tracker() {
      return tracker;
    }

    @Override
    public TrackerStatus status() {
      return status;
    }

    @Override
    public void completed() {
      tell(TorrentAnnouncer::completed);
    }

    @Override
    public void now() {
      tell(TorrentAnnouncer::now);
    }

    @Override
    public void close() {
      tell(TorrentAnnouncer::stop);
    }

    private void tell(Consumer<TorrentAnnouncer> wish) {
      post(
          () -> {
            if (announcer != null) {
              wish.accept(announcer);
            }
          });
    }

    void post(Runnable task) {
      try {
        loop.execute(task);
      } catch (RejectedExecutionException closed) {
        status = new TrackerStatus.Stopped();
      }
    }
  }
}

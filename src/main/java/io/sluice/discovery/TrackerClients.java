package io.sluice.discovery;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * number of torrents; trackers that list addresses, over HTTP and UDP, are asked in the order of
 * their tiers.
 *
 * <p>Everything happens on one event loop of its own, which {@link OfferSource}s and suppliers of
 * {@link AnnounceStats} are called on as well. Safe for any thread.
 */
public final class TrackerClients {

  private final AddressPolicy strict;
  private final AddressPolicy open = AddressPolicy.of(true);
  private final Supplier<List<URI>> trusted;
  private final DiscoveryLimits limits;
  private final SecureRandom random = new SecureRandom();
  private final NioEventLoopGroup group =
      new NioEventLoopGroup(1, new DefaultThreadFactory("sluice-trackers", true));
  private final EventLoop loop = group.next();
  private final WebSocketDialer dialer;
  private final HttpAsker http;
  private final UdpAsker udp;
  private final AddressAnnouncer.Surroundings surroundings;
  private final Pacer pacer;

  /** Confined to the event loop, as are the walks and the flags below. */
  private final Map<TrackerUrl.WebSocket, TrackerConnection> connections = new HashMap<>();

  private final Set<TierWalk> walks = new HashSet<>();
  private boolean goodbyesSaid;

  private boolean closing;
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

  /**
   * @param policy asked where each connection may go
   */
  public TrackerClients(AddressPolicy policy, DiscoveryLimits limits) {
    this(policy, List::of, limits);
  }

  /**
   * @param strict asked where a connection may go that somebody else asks for
   * @param trusted the trackers that the operator named, which may be wherever they are; URLs that
   *     merely have the same host are somebody else's word. Asked at any time; must not block
   */
  public TrackerClients(AddressPolicy strict, Supplier<List<URI>> trusted, DiscoveryLimits limits) {
    this(strict, trusted, limits, verifying(SslContextBuilder.forClient()));
  }

  TrackerClients(AddressPolicy policy, DiscoveryLimits limits, SslContext tls) {
    this(policy, List::of, limits, tls);
  }

  private TrackerClients(
      AddressPolicy strict, Supplier<List<URI>> trusted, DiscoveryLimits limits, SslContext tls) {
    this.strict = strict;
    this.trusted = trusted;
    this.limits = limits;
    dialer = new WebSocketDialer(loop, limits.webSockets(), tls);
    http = new HttpAsker(loop, limits, tls, this::policy);
    udp = new UdpAsker(loop, limits.addresses(), random);
    pacer = new Pacer(limits.announces().quietPerSecond(), System.nanoTime());
    surroundings =
        new AddressAnnouncer.Surroundings(
            loop, limits, new Turnstile(limits.addresses().asksAtOnce()), random, pacer);
  }

  private AddressPolicy policy(TrackerUrl url) {
    return trusted.get().stream().map(TrackerUrl::of).anyMatch(url::equals) ? open : strict;
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
   * announced to the same WebSocket tracker already is announced anew in its place.
   *
   * @param tracker any URL; one that cannot be used gives an announcement that says so
   */
  public TrackerAnnouncement announce(URI tracker, AnnouncedTorrent torrent) {
    return announce(List.of(List.of(tracker)), torrent).getFirst();
  }

  /**
   * Announces a torrent to its trackers, from now on until the announcements are closed: to all
   * WebSocket trackers, which bring peers that nobody else does, and to one of the others after the
   * other (BEP 12).
   *
   * @param tiers any URLs, each once
   * @return one for each URL, in order
   */
  public List<TrackerAnnouncement> announce(List<List<URI>> tiers, AnnouncedTorrent torrent) {
    List<TrackerAnnouncement> all = new ArrayList<>();
    List<List<Listed>> listing = new ArrayList<>();
    int count = 0;
    for (List<URI> tier : tiers) {
      List<Listed> listed = new ArrayList<>();
      for (URI tracker : tier) {
        Handle handle = new Handle(tracker, new TrackerStatus.Connecting());
        all.add(handle);
        if (count++ >= limits.addresses().trackersPerTorrent()) {
          handle.status = new TrackerStatus.Unsupported("the torrent has too many trackers");
          continue;
        }
        switch (TrackerUrl.of(tracker)) {
          case TrackerUrl.Unsupported(String reason) ->
              handle.status = new TrackerStatus.Unsupported(reason);
          case TrackerUrl.WebSocket url -> handle.post(() -> start(url, torrent, handle));
          case TrackerUrl.Http url ->
              listed.add(new Listed(url, new HttpTracker(url, http), handle));
          case TrackerUrl.Udp url -> listed.add(new Listed(url, new UdpTracker(url, udp), handle));
        }
      }
      if (!listed.isEmpty()) {
        listing.add(listed);
      }
    }
    if (!listing.isEmpty()) {
      listing.getFirst().getFirst().handle().post(() -> start(listing, torrent));
    }
    return List.copyOf(all);
  }

  /** A tracker that lists addresses, and who hears how it fares. */
  private record Listed(TrackerUrl url, TrackerDialect tracker, Handle handle) {}

  private void start(List<List<Listed>> listing, AnnouncedTorrent torrent) {
    if (closing) {
      listing.forEach(
          tier -> tier.forEach(one -> one.handle().status = new TrackerStatus.Stopped()));
      return;
    }
    int key = random.nextInt();
    Map<Listed, AddressAnnouncer> announcers = new HashMap<>();
    List<List<AddressAnnouncer>> tiers =
        listing.stream()
            .map(
                tier ->
                    tier.stream()
                        .map(
                            one ->
                                announcers.computeIfAbsent(one, _ -> announcer(one, torrent, key)))
                        .toList())
            .toList();
    TierWalk walk = new TierWalk(loop, random, tiers);
    walks.add(walk);
    announcers.forEach((one, announcer) -> one.handle().listener = new OfWalk(walk, announcer));
    walk.walk();
  }

  private AddressAnnouncer announcer(Listed one, AnnouncedTorrent torrent, int key) {
    return new AddressAnnouncer(
        torrent,
        key,
        one.tracker(),
        policy(one.url()),
        surroundings,
        status -> one.handle().status = status);
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
            torrent, loop, limits.announces(), status -> handle.status = status, connection, pacer);
    handle.listener = new OfSocket(announcer);
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
        new TrackerConnection(url, loop, dialer, policy(url), limits, random, this::ended);
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
            if (closing) {
              return;
            }
            closing = true;
            List.copyOf(connections.values()).forEach(TrackerConnection::closeAll);
            sayGoodbyes();
          });
    } catch (RejectedExecutionException closedBefore) {
      // There is nothing left to close.
    }
    return closed.copy();
  }

  private void sayGoodbyes() {
    CompletableFuture<?>[] goodbyes =
        walks.stream().map(TierWalk::stop).toArray(CompletableFuture<?>[]::new);
    CompletableFuture<Void> said = CompletableFuture.allOf(goodbyes);
    // Trackers that do not listen are not waited for.
    var _ =
        loop.schedule(
            () -> said.complete(null),
            limits.announces().stopWait().toNanos(),
            TimeUnit.NANOSECONDS);
    CompletableFuture<Void> _ =
        said.thenRun(
            () -> {
              goodbyesSaid = true;
              endWhenEmpty();
            });
  }

  private void endWhenEmpty() {
    if (connections.isEmpty() && goodbyesSaid) {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      group.terminationFuture().addListener(_ -> closed.complete(null));
    }
  }

  /** Who does what an announcement's owner wishes. Confined to the event loop. */
  private interface Wishes {
    void completed();

    void now();

    void stop();
  }

  private record OfSocket(TorrentAnnouncer announcer) implements Wishes {
    @Override
    public void completed() {
      announcer.completed();
    }

    @Override
    public void now() {
      announcer.now();
    }

    @Override
    public void stop() {
      announcer.stop();
    }
  }

  private final class OfWalk implements Wishes {
    private final TierWalk walk;
    private final AddressAnnouncer tracker;

    OfWalk(TierWalk walk, AddressAnnouncer tracker) {
      this.walk = walk;
      this.tracker = tracker;
    }

    @Override
    public void completed() {
      walk.completed(tracker);
    }

    @Override
    public void now() {
      walk.hasten();
    }

    @Override
    public void stop() {
      CompletableFuture<Void> _ =
          walk.stop(tracker)
              .thenRun(
                  () -> {
                    if (walk.ended()) {
                      walks.remove(walk);
                    }
                  });
    }
  }

  /** What the torrent's owner holds: its wishes go to the event loop. */
  private final class Handle implements TrackerAnnouncement {
    private final URI tracker;
    private volatile TrackerStatus status;

    /** Confined to the event loop. */
    private @Nullable Wishes listener;

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
      tell(Wishes::completed);
    }

    @Override
    public void now() {
      tell(Wishes::now);
    }

    @Override
    public void close() {
      tell(Wishes::stop);
    }

    private void tell(Consumer<Wishes> wish) {
      post(
          () -> {
            if (listener != null) {
              wish.accept(listener);
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

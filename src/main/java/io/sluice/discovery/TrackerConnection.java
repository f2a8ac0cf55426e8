package io.sluice.discovery;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.Scraped;
import io.sluice.wire.TrackerMessage.ToTracker;
import io.sluice.wire.WireException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a WebSocket tracker, shared by all torrents that are announced there. It is
 * made anew whenever it is lost, until the last torrent has left.
 *
 * <p>Confined to the event loop.
 */
final class TrackerConnection {

  /** Hears once that the last torrent has left and the connection is closed. */
  @FunctionalInterface
  interface Ended {
    void ended(TrackerUrl.WebSocket url, TrackerConnection connection);
  }

  /** At most so often does impatience shorten a wait. */
  private static final long HASTE_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final TrackerUrl.WebSocket url;
  private final EventLoop loop;
  private final WebSocketDialer dialer;
  private final AddressPolicy policy;
  private final DiscoveryLimits limits;
  private final Backoff backoff;
  private final Ended ended;
  private final Map<InfoHash, TorrentAnnouncer> torrents = new HashMap<>();

  private @Nullable TrackerWire wire;
  private @Nullable ScheduledFuture<?> timer;
  private Optional<InfoHash> lastStopped = Optional.empty();
  private boolean closed;

  /** Tells the attempt that is under way from those that came before it. */
  private int attempt;

  private int dials;

  private long attemptNanos;
  private int unansweredPings;
  private int malformed;

  TrackerConnection(
      TrackerUrl.WebSocket url,
      EventLoop loop,
      WebSocketDialer dialer,
      AddressPolicy policy,
      DiscoveryLimits limits,
      RandomGenerator random,
      Ended ended) {
    this.url = url;
    this.loop = loop;
    this.dialer = dialer;
    this.policy = policy;
    this.limits = limits;
    this.ended = ended;
    backoff = new Backoff(limits.webSockets().firstRetry(), limits.webSockets().maxRetry(), random);
  }

  /** Takes a torrent in; whoever had it here before is replaced. */
  void join(TorrentAnnouncer torrent) {
    TorrentAnnouncer before = torrents.put(torrent.infoHash(), torrent);
    if (before != null) {
      before.replaced();
    }
    if (wire != null) {
      torrent.connected();
    } else if (torrents.size() == 1 && before == null) {
      dial();
    }
  }

  /**
   * Lets a torrent go.
   *
   * @param goodbye whether it has just told the tracker so
   */
  void leave(TorrentAnnouncer torrent, boolean goodbye) {
    if (!torrents.remove(torrent.infoHash(), torrent) || !torrents.isEmpty()) {
      return;
    }
    closed = true;
    cancelTimer();
    TrackerWire open = wire;
    if (open == null) {
      attempt++;
      ended.ended(url, this);
      return;
    }
    if (goodbye) {
      // Its answer says that it has arrived.
      lastStopped = Optional.of(torrent.infoHash());
      timer = after(limits.announces().stopWait(), open::close);
    } else {
      open.close();
    }
  }

  boolean isClosed() {
    return closed;
  }

  void closeAll() {
    List.copyOf(torrents.values()).forEach(TorrentAnnouncer::stop);
  }

  /** Queues a message, if there is a connection. */
  boolean send(ToTracker message) {
    return sendText(TrackerCodec.encode(message));
  }

  boolean sendText(String text) {
    TrackerWire open = wire;
    if (open != null) {
      open.send(text);
    }
    return open != null;
  }

  /** Somebody is in a hurry: tries to connect now, unless that was tried a moment ago. */
  void hasten() {
    if (wire == null && timer != null && System.nanoTime() - attemptNanos > HASTE_NANOS) {
      dial();
    }
  }

  private void dial() {
    cancelTimer();
    int current = ++attempt;
    attemptNanos = System.nanoTime();
    Duration limit = limits.webSockets().connect();
    ScheduledFuture<?> late = after(limit, () -> failed(current, "the name is not resolved"));
    policy
        .resolve(url.host(), url.port())
        .whenComplete(
            (verdict, _) ->
                loop.execute(
                    () -> {
                      late.cancel(false);
                      resolved(current, verdict);
                    }));
  }

  private void resolved(int current, @Nullable Verdict verdict) {
    if (current != attempt || closed) {
      return;
    }
    switch (verdict) {
      case Verdict.Allowed(var addresses) -> {
        // Another address each time: one of them may be of a kind that this machine cannot reach.
        InetSocketAddress address = addresses.get(dials++ % addresses.size());
        dialer.dial(url, address, new Attempt(current));
      }
      case Verdict.Refused(String reason) -> failed(current, "not connected: " + reason);
      case null -> failed(current, "the name is not resolved");
    }
  }

  /** Hears of one attempt for as long as it is the current one. */
  private final class Attempt implements TrackerWire.Listener {
    private final int number;

    Attempt(int number) {
      this.number = number;
    }

    @Override
    public void opened(TrackerWire made) {
      if (number == attempt && !closed) {
        open(made);
      } else {
        made.close();
      }
    }

    @Override
    public void message(byte[] utf8) {
      if (number == attempt) {
        receive(utf8);
      }
    }

    @Override
    public void alive() {
      if (number == attempt) {
        unansweredPings = 0;
      }
    }

    @Override
    public void closed(String reason) {
      failed(number, reason);
    }
  }

  private void open(TrackerWire made) {
    wire = made;
    unansweredPings = 0;
    malformed = 0;
    timer = after(limits.webSockets().ping(), this::tick);
    List.copyOf(torrents.values()).forEach(TorrentAnnouncer::connected);
  }

  private void tick() {
    TrackerWire open = wire;
    if (open == null) {
      return;
    }
    if (unansweredPings >= limits.webSockets().missedPongs()) {
      open.close();
      failed(attempt, "the tracker has fallen silent");
      return;
    }
    unansweredPings++;
    open.ping();
    timer = after(limits.webSockets().ping(), this::tick);
  }

  private void receive(byte[] utf8) {
    unansweredPings = 0;
    try {
      TrackerCodec.decodeToClient(utf8).forEach(this::dispatch);
      malformed = 0;
    } catch (WireException unreadable) {
      TrackerWire open = wire;
      if (++malformed >= limits.webSockets().malformedMessages() && open != null) {
        open.close();
        failed(attempt, "the tracker makes no sense");
      }
    }
  }

  private void dispatch(TrackerMessage.ToClient message) {
    switch (message) {
      case Announced announced -> {
        torrent(announced.infoHash()).ifPresent(torrent -> torrent.announced(announced));
        stoppedArrived(announced.infoHash());
      }
      case RelayedOffer offer ->
          torrent(offer.infoHash()).ifPresent(torrent -> torrent.offered(offer));
      case RelayedAnswer answer ->
          torrent(answer.infoHash()).ifPresent(torrent -> torrent.answered(answer));
      case Failure(var infoHash, String reason) -> {
        infoHash.ifPresent(this::stoppedArrived);
        // A tracker that does not say which torrent it means could not read what one said.
        infoHash
            .map(hash -> torrent(hash).stream().toList())
            .orElseGet(() -> List.copyOf(torrents.values()))
            .forEach(torrent -> torrent.refused(reason));
      }
      case Scraped _ -> {} // Nobody has asked.
    }
  }

  private Optional<TorrentAnnouncer> torrent(InfoHash infoHash) {
    return Optional.ofNullable(torrents.get(infoHash));
  }

  private void stoppedArrived(InfoHash infoHash) {
    TrackerWire open = wire;
    if (open != null && lastStopped.equals(Optional.of(infoHash))) {
      lastStopped = Optional.empty();
      open.close();
    }
  }

  private void failed(int current, String reason) {
    if (current != attempt) {
      return;
    }
    attempt++;
    if (wire != null && System.nanoTime() - attemptNanos > limits.webSockets().stable().toNanos()) {
      backoff.reset();
    }
    wire = null;
    cancelTimer();
    if (closed) {
      ended.ended(url, this);
      return;
    }
    long waitNanos = backoff.nextNanos();
    timer = after(Duration.ofNanos(waitNanos), this::dial);
    Instant next = Instant.now().plusNanos(waitNanos);
    List.copyOf(torrents.values()).forEach(torrent -> torrent.disconnected(reason, next));
  }

  private ScheduledFuture<?> after(Duration delay, Runnable task) {
    return loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void cancelTimer() {
    ScheduledFuture<?> pending = timer;
    timer = null;
    if (pending != null) {
      pending.cancel(false);
    }
  }
}

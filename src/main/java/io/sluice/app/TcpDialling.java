package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.discovery.CandidateLimits;
import io.sluice.discovery.Candidates;
import io.sluice.discovery.FoundBy;
import io.sluice.discovery.PeerSink;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.PeerLink;
import io.sluice.transport.tcp.DialOutcome;
import io.sluice.wire.InfoHash;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Dials the peers of one torrent that were found, as far as it needs any: to learn what it is, and
 * while somebody reads what is not here. A torrent that nobody reads dials nobody; it is dialled.
 *
 * <p>Safe for any thread; nothing here blocks.
 */
final class TcpDialling implements PeerSink, AutoCloseable {

  /** How a link comes about; see {@code TcpTransport.dial}. */
  @FunctionalInterface
  interface Dial {
    CompletionStage<DialOutcome> dial(InfoHash torrent, InetSocketAddress to);
  }

  /** Dials under way at a time. */
  private static final int HALF_OPEN = 8;

  /** Peers, of any kind, that will have the metadata if anybody has. */
  private static final int METADATA_PEERS = 10;

  /** Peers, of any kind, that are enough as long as they give what is wanted. */
  private static final int ENOUGH_PEERS = 25;

  /** The swarm repeats that it needs peers at least so often. */
  private static final long NEED_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Swarm swarm;
  private final Dial dial;
  private final AddressPolicy policy;
  private final Predicate<InetAddress> mayContact;
  private final ScheduledExecutorService timer;
  private final int maxPeers;
  private final BooleanSupplier mayDial;

  private final Object lock = new Object();
  // Guarded by lock.
  private final Candidates candidates =
      new Candidates(CandidateLimits.DEFAULT, new Random(ThreadLocalRandom.current().nextLong()));
  private final Set<PeerLink> links = new HashSet<>();
  private final Set<InetSocketAddress> ourselves = new HashSet<>();
  private SwarmStatus status;
  private boolean metadataKnown;
  private long neededNanos = System.nanoTime() - NEED_NANOS;
  private @Nullable Future<?> wakeUp;
  private long wakeUpNanos;
  private Runnable onClose = () -> {};
  private boolean closed;

  /**
   * @param policy asked for the names of peers
   * @param mayContact asked before each dial
   * @param timer wakes this up; its threads are held for a moment only
   * @param maxPeers of this torrent, of any kind
   * @param mayDial whether anybody is to be dialled for now
   */
  TcpDialling(
      Swarm swarm,
      Dial dial,
      AddressPolicy policy,
      Predicate<InetAddress> mayContact,
      ScheduledExecutorService timer,
      int maxPeers,
      BooleanSupplier mayDial) {
    this.swarm = swarm;
    this.dial = dial;
    this.policy = policy;
    this.mayContact = mayContact;
    this.timer = timer;
    this.maxPeers = maxPeers;
    this.mayDial = mayDial;
    status = swarm.status();
    metadataKnown = status.phase() != SwarmStatus.Phase.METADATA;
  }

  /** These addresses are ours. */
  void never(List<InetSocketAddress> ours) {
    synchronized (lock) {
      ourselves.addAll(ours);
    }
  }

  /** What is to be done when this is closed. */
  void whenClosed(Runnable then) {
    synchronized (lock) {
      onClose = then;
    }
  }

  /** Peers that the link itself named. */
  void named(List<HostPort> peers) {
    for (HostPort peer : peers) {
      var _ =
          policy
              .resolve(peer.host(), peer.port())
              .thenAccept(
                  verdict -> {
                    if (verdict instanceof Verdict.Allowed(List<InetSocketAddress> addresses)) {
                      found(addresses, FoundBy.MAGNET);
                    }
                  });
    }
  }

  @Override
  public void found(List<InetSocketAddress> addresses, FoundBy by) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      List<InetSocketAddress> others =
          addresses.stream().filter(address -> !ourselves.contains(address)).toList();
      candidates.add(others, by, System.nanoTime());
    }
    dialSome();
  }

  /** Somebody waits for what no connected peer gives. */
  void needed() {
    synchronized (lock) {
      neededNanos = System.nanoTime();
    }
    dialSome();
  }

  /** How the swarm is now. */
  void status(SwarmStatus now) {
    synchronized (lock) {
      status = now;
    }
    dialSome();
  }

  /**
   * It is known what the torrent is; when it is private (BEP 27) all connections end but those to
   * peers that one of its own trackers has found.
   */
  void metadataKnown(boolean privateTorrent) {
    List<PeerLink> strangers = List.of();
    synchronized (lock) {
      metadataKnown = true;
      if (privateTorrent) {
        candidates.becomePrivate();
        strangers = links.stream().filter(link -> !foundByTracker(link)).toList();
      }
    }
    strangers.forEach(link -> link.close("the torrent is private"));
    dialSome();
  }

  /** One that dialled us has a port of its own there, so only its host can be known. */
  private boolean foundByTracker(PeerLink link) {
    return link.remoteAddress()
        .filter(
            address ->
                link.initiatedHere()
                    ? candidates.contains(address)
                    : candidates.contains(address.getAddress()))
        .isPresent();
  }

  /** Takes a link that has shaken hands, whoever dialled. */
  void linked(PeerLink link) {
    boolean welcome;
    synchronized (lock) {
      welcome = !closed;
      if (welcome && link.initiatedHere()) {
        welcome = link.remoteAddress().filter(candidates::contains).isPresent();
        link.remoteAddress().ifPresent(to -> candidates.connected(to, System.nanoTime()));
      }
      if (welcome) {
        links.add(link);
      }
    }
    if (welcome) {
      swarm.accept(link);
    } else {
      link.close("not wanted any more");
    }
  }

  /** Such a link is over. */
  void ended(PeerLink link) {
    synchronized (lock) {
      links.remove(link);
      if (link.initiatedHere()) {
        link.remoteAddress().ifPresent(to -> candidates.ended(to, System.nanoTime()));
      }
    }
    dialSome();
  }

  /** Open links, both ways. */
  int links() {
    synchronized (lock) {
      return links.size();
    }
  }

  private void dialSome() {
    List<InetSocketAddress> now = new ArrayList<>();
    synchronized (lock) {
      long nowNanos = System.nanoTime();
      for (int room = room(nowNanos); room > 0; room--) {
        nextToContact(nowNanos).ifPresent(now::add);
      }
      wakeUpWhenDue(nowNanos);
    }
    now.forEach(this::dial);
  }

  private Optional<InetSocketAddress> nextToContact(long nowNanos) {
    Optional<InetSocketAddress> next = candidates.next(nowNanos);
    while (next.isPresent() && !mayContact.test(next.get().getAddress())) {
      candidates.hopeless(next.get(), nowNanos);
      next = candidates.next(nowNanos);
    }
    return next;
  }

  /** How many more dials there should be. */
  private int room(long nowNanos) {
    int open = links.size() + status.webrtcPeers() + candidates.dialling();
    return Math.min(wantedPeers(nowNanos) - open, HALF_OPEN - candidates.dialling());
  }

  private int wantedPeers(long nowNanos) {
    if (closed || status.phase() == SwarmStatus.Phase.ERROR || !mayDial.getAsBoolean()) {
      return 0;
    }
    if (!metadataKnown) {
      return Math.min(METADATA_PEERS, maxPeers);
    }
    if (nowNanos - neededNanos < NEED_NANOS) {
      return maxPeers;
    }
    boolean whole = status.totalBytes() > 0 && status.heldBytes() == status.totalBytes();
    return status.readers() > 0 && !whole ? Math.min(ENOUGH_PEERS, maxPeers) : 0;
  }

  private void wakeUpWhenDue(long nowNanos) {
    long untilNanos = candidates.untilNextNanos(nowNanos);
    if (untilNanos == Candidates.NEVER || room(nowNanos) <= 0) {
      return;
    }
    long dueNanos = nowNanos + untilNanos;
    if (wakeUp != null && !wakeUp.isDone()) {
      if (dueNanos - wakeUpNanos >= 0) {
        return;
      }
      wakeUp.cancel(false);
    }
    wakeUpNanos = dueNanos;
    try {
      wakeUp = timer.schedule(this::wokenUp, untilNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closing) {
      // The gateway is being closed: nobody is to be dialled any more.
    }
  }

  private void wokenUp() {
    synchronized (lock) {
      wakeUp = null;
    }
    dialSome();
  }

  private void dial(InetSocketAddress address) {
    var _ = dial.dial(swarm.infoHash(), address).thenAccept(outcome -> settle(address, outcome));
  }

  private void settle(InetSocketAddress address, DialOutcome outcome) {
    synchronized (lock) {
      long nowNanos = System.nanoTime();
      switch (outcome) {
        // The link has been told of already, and it may have ended since.
        case DialOutcome.Connected _ -> {}
        case DialOutcome.Unreachable _, DialOutcome.TimedOut _, DialOutcome.HandshakeFailed _ ->
            candidates.failed(address, nowNanos);
        case DialOutcome.Ourselves() -> candidates.hopeless(address, nowNanos);
        case DialOutcome.NotTried _ -> candidates.postponed(address, nowNanos);
      }
    }
    dialSome();
  }

  /** Dials nobody from now on; links that are up are their swarm's. */
  @Override
  public void close() {
    Runnable then;
    synchronized (lock) {
      closed = true;
      if (wakeUp != null) {
        wakeUp.cancel(false);
      }
      then = onClose;
    }
    then.run();
  }
}

package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceKey;
import io.sluice.cache.PieceStore;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a session: takes mail, steps the core, and does what the core says. Owns the links
 * and the pieces in the making.
 *
 * <p>Once started, everything but {@link #snapshot} is confined to that thread.
 */
final class SessionLoop {

  private static final Logger LOG = Logger.getLogger(SessionLoop.class);
  private static final long PUBLISH_NANOS = 250_000_000L;
  private static final long REPORT_NANOS = 60_000_000_000L;

  /** After so many pieces of mail other virtual threads get a turn. */
  private static final int MAIL_AT_ONCE = 256;

  /** What so many events led to goes out together: more, and peers would run out of requests. */
  private static final int MAIL_PER_FLUSH = 16;

  private final SwarmSession session;
  private final SwarmCore core;
  private final SwarmEnvironment environment;
  private final Mailbox mailbox;
  private final Notifier notifier;
  private final SwarmListener listener;
  private final long beganNanos;
  private final Map<Integer, PeerPort> ports = new HashMap<>();
  private final PieceWorkshop workshop;
  private final RetainedPieces retained = new RetainedPieces();
  private final BlockServer server;
  private final Deque<Event> next = new ArrayDeque<>();

  /** Who was sent something since the last flush. */
  private final Set<PeerPort> spokenTo = new HashSet<>();

  private volatile Snapshot snapshot = Snapshot.NONE;
  private long publishedNanos;
  private boolean changed;
  private SwarmStatus.Phase phase = SwarmStatus.Phase.METADATA;
  private Optional<String> error = Optional.empty();
  private long reportedNanos;
  private long reportedOffenders;

  SessionLoop(
      SwarmSession session,
      SwarmCore core,
      SwarmEnvironment environment,
      Mailbox mailbox,
      Notifier notifier,
      SwarmListener listener) {
    this.session = session;
    this.core = core;
    this.environment = environment;
    this.mailbox = mailbox;
    this.notifier = notifier;
    this.listener = listener;
    beganNanos = environment.nanoClock().getAsLong();
    workshop = new PieceWorkshop(session.infoHash(), environment.hashing(), mailbox);
    server = new BlockServer(session.infoHash(), environment.store(), retained, mailbox);
  }

  /** Begins; what was posted before has been taken in when this returns. */
  void start() {
    // Nobody else touches the core yet, and the new thread sees all that was done before it began.
    for (Mail mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
      take(mail);
    }
    String name = "sluice-swarm-" + session.infoHash().hex().substring(0, 8);
    Thread.ofVirtual().name(name).start(this::run);
  }

  /** The newest; safe for any thread. */
  Snapshot snapshot() {
    return snapshot;
  }

  /** The last blocks that were asked for, the newest first; safe for any thread. */
  List<Decision> decisions() {
    return core.log().newest();
  }

  private void run() {
    try {
      while (!session.closed()) {
        round();
      }
    } finally {
      end();
    }
  }

  private void round() {
    int taken = 0;
    for (Mail mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
      take(mail);
      if (++taken % MAIL_PER_FLUSH == 0) {
        flush();
      }
      if (taken % MAIL_AT_ONCE == 0) {
        publishIfDue();
        letOthersRun();
      }
      if (session.closed()) {
        return;
      }
    }
    if (nowNanos() >= core.nextTickNanos()) {
      step(new Event.Tick());
    }
    flush();
    publishIfDue();
    mailbox.await(untilNextNanos());
  }

  // Virtual threads are not sliced: under load one torrent could keep a processor for itself.
  @SuppressWarnings("ThreadPriorityCheck")
  private static void letOthersRun() {
    Thread.yield();
  }

  private long untilNextNanos() {
    long due = core.nextTickNanos();
    if (changed) {
      due = Math.min(due, publishedNanos + PUBLISH_NANOS);
    }
    return due == SwarmCore.NEVER ? Long.MAX_VALUE : Math.max(0, due - nowNanos());
  }

  private void take(Mail mail) {
    switch (mail) {
      case Mail.ForCore(Event event) -> take(event);
      case Mail.Heard heard -> {
        heard.port().heard(heard);
        if (heard.message() instanceof PeerMessage.Port(int dhtPort)) {
          dhtNode(heard.port(), dhtPort);
        }
        step(new Event.PeerSaid(heard.port().key(), heard.message()));
      }
      case Mail.Arrived(PeerPort port) -> arrive(port);
      case Mail.Loaded loaded -> {
        PeerPort port = ports.get(loaded.peer());
        if (port != null) {
          spokenTo.add(port);
        }
        server.loaded(loaded, port == null ? null : port.link()).ifPresent(this::step);
      }
      case Mail.Known(TorrentInfo info, var held) -> {
        workshop.know(info);
        phase = SwarmStatus.Phase.READY;
        step(new Event.MetadataKnown(info.geometry(), info.rawInfo(), held, info.privateTorrent()));
        publish();
      }
      case Mail.Unusable(String reason) -> {
        phase = SwarmStatus.Phase.ERROR;
        error = Optional.of(reason);
        publish();
      }
      case Mail.Close() -> {}
    }
  }

  private void take(Event event) {
    if (event instanceof Event.PeerGone(int peer)) {
      ports.remove(peer);
    }
    if (event instanceof Event.Evicted(int piece)) {
      server.evicted(piece);
    }
    step(event);
  }

  private void arrive(PeerPort port) {
    ports.put(port.key(), port);
    step(
        new Event.PeerJoined(
            port.key(),
            port.link().remote(),
            port.link().kind(),
            port.link().initiatedHere(),
            port.link().address(),
            port.link().remoteAddress()));
    if (ports.containsKey(port.key())) {
      greetDht(port.link());
      spokenTo.add(port);
      port.link().start(port);
    }
  }

  /** Both sides must have a DHT node (BEP 5), and over WebRTC nobody can use one. */
  private void greetDht(PeerLink link) {
    if (environment.dhtPort() > 0
        && link.kind() == PeerLink.Kind.TCP
        && link.remote().dht()
        && !isPrivate()) {
      link.send(new PeerMessage.Port(environment.dhtPort()));
    }
  }

  private void dhtNode(PeerPort port, int dhtPort) {
    if (dhtPort == 0 || port.dhtTold || port.link().kind() != PeerLink.Kind.TCP || isPrivate()) {
      return;
    }
    port.dhtTold = true;
    port.link()
        .remoteAddress()
        .map(address -> new InetSocketAddress(address.getAddress(), dhtPort))
        .ifPresent(node -> notifier.tell(() -> listener.dhtNode(node)));
  }

  private boolean isPrivate() {
    return session.info().filter(TorrentInfo::privateTorrent).isPresent();
  }

  /** Steps the core, and again for what its effects led to at once. */
  private void step(Event first) {
    changed = true;
    next.add(first);
    for (Event event = next.poll(); event != null; event = next.poll()) {
      try {
        for (Effect effect : core.step(event, nowNanos())) {
          run(effect);
        }
      } catch (RuntimeException bug) {
        LOG.errorf(bug, "%s failed at %s", session.infoHash(), event.getClass().getSimpleName());
        dismiss(event);
      }
    }
  }

  private void flush() {
    spokenTo.forEach(port -> port.link().flush());
    spokenTo.clear();
  }

  /** After a mistake of ours: whoever triggered it must not be able to do so over and over. */
  private void dismiss(Event event) {
    if (event instanceof Event.PeerSaid(int peer, PeerMessage _)) {
      PeerPort port = ports.get(peer);
      if (port != null) {
        port.link().close("internal error");
      }
    }
  }

  private void run(Effect effect) {
    switch (effect) {
      case Effect.Send(int peer, PeerMessage message) -> {
        PeerPort port = ports.get(peer);
        if (port != null) {
          spokenTo.add(port);
          port.link().send(message);
        }
      }
      case Effect.Close(int peer, String reason) -> {
        PeerPort port = ports.remove(peer);
        if (port != null) {
          port.link().close(reason);
        }
      }
      case Effect.Serve serve -> {
        PeerPort port = ports.get(serve.peer());
        if (port != null) {
          spokenTo.add(port);
          server.serve(serve, port.link()).ifPresent(next::add);
        }
      }
      case Effect.Write write -> workshop.write(write);
      case Effect.Hash hash -> workshop.hash(hash).ifPresent(next::add);
      case Effect.Discard(int piece) -> workshop.discard(piece);
      case Effect.Keep(int piece) -> keep(piece);
      case Effect.Retain(int piece) -> {
        Piece bytes = workshop.find(piece);
        if (bytes != null) {
          retained.retain(piece, bytes);
        }
      }
      case Effect.Restore(int piece) ->
          retained
              .find(piece)
              .ifPresent(
                  bytes -> environment.store().put(new PieceKey(session.infoHash(), piece), bytes));
      case Effect.Release(int piece) -> retained.release(piece);
      case Effect.CheckMetadata(ByteBuffer rawInfo) ->
          environment.hashing().execute(() -> session.checkMetadata(rawInfo));
      case Effect.NeedPeers() -> notifier.mention(listener::needsPeers);
      case Effect.PeersFound(List<InetSocketAddress> peers) ->
          notifier.mention(() -> listener.peersFound(peers));
      case Effect.Completed() -> notifier.tell(listener::completed);
    }
  }

  private void keep(int piece) {
    PieceStore store = environment.store();
    Piece bytes = workshop.take(piece);
    if (bytes != null) {
      store.put(new PieceKey(session.infoHash(), piece), bytes);
    }
    notifier.mention(() -> listener.pieceHeld(piece));
  }

  private void publishIfDue() {
    if (changed && nowNanos() - publishedNanos >= PUBLISH_NANOS) {
      publish();
    }
  }

  private void publish() {
    long now = nowNanos();
    changed = false;
    publishedNanos = now;
    Snapshot fresh = snapshot.next(core, phase, error, now);
    snapshot = fresh;
    notifier.mention(() -> listener.statusChanged(fresh.status()));
    report(now);
  }

  /** Misbehaviour of strangers is worth one line a minute. */
  private void report(long now) {
    long offenders = core.offenders();
    if (offenders > reportedOffenders && now - reportedNanos >= REPORT_NANOS) {
      LOG.infof("%s: closed %d peers for what they sent", session.infoHash(), offenders);
      reportedOffenders = offenders;
      reportedNanos = now;
    }
  }

  private long nowNanos() {
    return environment.nanoClock().getAsLong() - beganNanos;
  }

  private void end() {
    mailbox.close();
    for (Mail mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
      returnToSender(mail);
    }
    ports.values().forEach(port -> port.link().close("the torrent was removed"));
    ports.clear();
    server.close();
    retained.close();
    core.close();
    workshop.close();
    session.ended();
  }

  private static void returnToSender(Mail mail) {
    switch (mail) {
      case Mail.Arrived(PeerPort port) -> port.link().close("the torrent was removed");
      case Mail.Loaded(int _, PeerMessage.Request _, @Nullable Piece piece) -> {
        if (piece != null) {
          piece.release();
        }
      }
      case Mail.ForCore _, Mail.Heard _, Mail.Known _, Mail.Unusable _, Mail.Close _ -> {}
    }
  }
}

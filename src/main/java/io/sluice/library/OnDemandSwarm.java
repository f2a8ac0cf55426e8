package io.sluice.library;

import io.sluice.cache.PieceUnavailableException;
import io.sluice.library.SwarmOpener.Session;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Decision;
import io.sluice.swarm.PeerStatus;
import io.sluice.swarm.PieceState;
import io.sluice.swarm.Reading;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmReader;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A torrent's swarm, whose session runs only while somebody needs it: one at a time, and the next
 * begins only when nothing is left of the one before.
 *
 * <p>Safe for any thread. Nothing blocks but {@link #info} of a torrent that sleeps, which reads a
 * file.
 */
public final class OnDemandSwarm implements Swarm {

  /** Knows what a session needs, and how the torrent looks without one. */
  interface Host {

    /** What the torrent says; may read a file. */
    Optional<TorrentInfo> info();

    /** Starts a session; may block. */
    Session start();

    /** How the torrent is while it sleeps. */
    SwarmStatus asleep();

    /** Whether it has something to ask of peers. */
    boolean wants();

    /** Whether one more torrent may be awake only because it wants something. */
    boolean mayFetch();

    void woke();
  }

  private final InfoHash infoHash;
  private final Host host;
  private final Object lock = new Object();

  /**
   * Written under the lock.
   *
   * @param session the one that runs
   * @param downloaded bytes of the sessions before, in this process; {@code uploaded} likewise
   */
  private record State(@Nullable Session session, long downloaded, long uploaded) {}

  private volatile State state = new State(null, 0, 0);

  // Guarded by the lock.
  private @Nullable CompletableFuture<Swarm> waking;
  private CompletableFuture<?> gone = CompletableFuture.completedFuture(null);
  private boolean closed;

  OnDemandSwarm(InfoHash infoHash, Host host) {
    this.infoHash = infoHash;
    this.host = host;
  }

  @Override
  public InfoHash infoHash() {
    return infoHash;
  }

  /** Whether a session runs. */
  public boolean awake() {
    return state.session != null;
  }

  /** Whether nobody need be told of peers: it sleeps, and wants nothing of them. */
  public boolean quiet() {
    return state.session == null && !host.wants();
  }

  /** Somebody knows peers: whether they are welcome, which may be worth waking for. */
  public boolean welcomesPeers() {
    if (awake()) {
      return true;
    }
    boolean worthIt = host.wants() && host.mayFetch();
    if (worthIt) {
      var _ = wake();
    }
    return worthIt;
  }

  /**
   * The running swarm, which is started if need be; a future of the caller's own. It fails when the
   * torrent is removed.
   */
  public CompletableFuture<Swarm> wake() {
    synchronized (lock) {
      Session running = state.session;
      if (running != null) {
        return CompletableFuture.completedFuture(running.swarm());
      }
      if (closed) {
        return CompletableFuture.failedFuture(removed());
      }
      CompletableFuture<Swarm> promise = waking;
      if (promise == null) {
        promise = new CompletableFuture<>();
        waking = promise;
        CompletableFuture<Swarm> own = promise;
        CompletableFuture<?> last = gone;
        Thread.ofVirtual().name("sluice-wake").start(() -> start(own, last));
      }
      return promise.copy();
    }
  }

  private void start(CompletableFuture<Swarm> promise, CompletableFuture<?> last) {
    try {
      last.join();
      Session started = host.start();
      boolean welcome;
      synchronized (lock) {
        welcome = !closed;
        waking = null;
        if (welcome) {
          state = new State(started, state.downloaded, state.uploaded);
        }
      }
      if (welcome) {
        host.woke();
        promise.complete(started.swarm());
      } else {
        var _ = started.close();
        promise.completeExceptionally(removed());
      }
    } catch (RuntimeException failure) {
      synchronized (lock) {
        waking = null;
      }
      promise.completeExceptionally(failure);
    }
  }

  /** Ends the session; it begins anew when somebody needs it. */
  void sleep() {
    synchronized (lock) {
      Session running = state.session;
      if (running != null) {
        SwarmStatus last = running.swarm().status();
        state =
            new State(null, state.downloaded + last.downloaded(), state.uploaded + last.uploaded());
        gone = running.close();
      }
    }
  }

  /** Ends it for good; completes when nothing is left of its session. */
  CompletableFuture<?> close() {
    synchronized (lock) {
      closed = true;
      sleep();
      return gone;
    }
  }

  void changed(TorrentSource now) {
    Session running = state.session;
    if (running != null) {
      running.changed(now);
    }
  }

  /** Tells the session what the torrent says, if there is one: it may have viewers who wait. */
  void know(TorrentInfo info) {
    Session running = state.session;
    if (running != null) {
      Thread.ofVirtual().name("sluice-know").start(() -> running.know(info));
    }
  }

  void keepWhole(boolean on) {
    Session running = state.session;
    if (running != null) {
      running.keepWhole(on);
    }
  }

  private static PieceUnavailableException removed() {
    return new PieceUnavailableException("the torrent was removed");
  }

  @Override
  public Optional<TorrentInfo> info() {
    Session running = state.session;
    return running == null ? host.info() : running.swarm().info().or(host::info);
  }

  @Override
  public CompletableFuture<TorrentInfo> metadata() {
    return wake().thenCompose(Swarm::metadata);
  }

  /** Only of a torrent that is awake: who wants to read calls {@link #wake} first. */
  @Override
  public SwarmReader read(long first, long last) {
    return running().read(first, last);
  }

  @Override
  public SwarmReader readPatiently(long first, long last) {
    return running().readPatiently(first, last);
  }

  @Override
  public SwarmReader read(Reading reading) {
    return running().read(reading);
  }

  @Override
  public List<Decision> decisions() {
    Session running = state.session;
    return running == null ? List.of() : running.swarm().decisions();
  }

  private Swarm running() {
    Session running = state.session;
    if (running == null) {
      throw new PieceUnavailableException("the torrent has just gone to rest; ask again");
    }
    return running.swarm();
  }

  /** Wakes the torrent if it sleeps. */
  @Override
  public void accept(PeerLink link) {
    Session running = state.session;
    if (running != null) {
      running.swarm().accept(link);
      return;
    }
    var _ =
        wake()
            .whenComplete(
                (swarm, failure) -> {
                  if (swarm != null) {
                    swarm.accept(link);
                  } else {
                    link.close(String.valueOf(failure.getMessage()));
                  }
                });
  }

  /** Bytes downloaded and uploaded are those of this process. */
  @Override
  public SwarmStatus status() {
    State moment = state;
    SwarmStatus now = moment.session == null ? host.asleep() : moment.session.swarm().status();
    if (moment.downloaded == 0 && moment.uploaded == 0) {
      return now;
    }
    return new SwarmStatus(
        now.phase(),
        now.error(),
        now.heldBytes(),
        now.totalBytes(),
        now.webrtcPeers(),
        now.tcpPeers(),
        now.webSeeds(),
        now.downloaded() + moment.downloaded,
        now.uploaded() + moment.uploaded,
        now.downloadRate(),
        now.uploadRate(),
        now.wasted(),
        now.readers());
  }

  @Override
  public List<PeerStatus> peers() {
    Session running = state.session;
    return running == null ? List.of() : running.swarm().peers();
  }

  /** Empty while the torrent sleeps. */
  @Override
  public List<PieceState> pieces() {
    Session running = state.session;
    return running == null ? List.of() : running.swarm().pieces();
  }
}

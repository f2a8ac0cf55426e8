package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmStatus;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Opens swarms in which nothing happens but what the test says, and remembers what was asked. */
public final class FakeOpener implements SwarmOpener {

  final List<InfoHash> present = new CopyOnWriteArrayList<>();
  final List<InfoHash> left = new CopyOnWriteArrayList<>();
  final List<InfoHash> started = new CopyOnWriteArrayList<>();
  final List<URI> trackers = new CopyOnWriteArrayList<>();
  final Map<InfoHash, FakeSession> sessions = new ConcurrentHashMap<>();

  @Override
  public Presence open(TorrentSource source, boolean privateTorrent, OnDemandSwarm swarm) {
    present.add(source.infoHash());
    return new Presence() {
      @Override
      public void changed(TorrentSource now) {
        trackers.clear();
        trackers.addAll(now.trackers());
      }

      @Override
      public void known(TorrentSummary summary) {}

      @Override
      public void close() {
        left.add(source.infoHash());
      }
    };
  }

  @Override
  public Session start(TorrentSource source, Consumer<TorrentInfo> metadataKnown) {
    FakeSession session = new FakeSession(source, metadataKnown);
    started.add(source.infoHash());
    sessions.put(source.infoHash(), session);
    return session;
  }

  FakeSession session(InfoHash infoHash) {
    FakeSession session = sessions.get(infoHash);
    if (session == null) {
      throw new AssertionError("no session of " + infoHash);
    }
    return session;
  }

  /** A session that is as the test says. */
  static final class FakeSession implements Session {
    final TorrentSource source;
    final Consumer<TorrentInfo> metadataKnown;
    final List<Boolean> whole = new ArrayList<>();
    volatile SwarmStatus status;
    volatile boolean closed;

    FakeSession(TorrentSource source, Consumer<TorrentInfo> metadataKnown) {
      this.source = source;
      this.metadataKnown = metadataKnown;
      status = status(source.info().isPresent(), 0, 0, 0, 0);
    }

    static SwarmStatus status(boolean known, long held, long moved, int peers, int readers) {
      return new SwarmStatus(
          known ? SwarmStatus.Phase.READY : SwarmStatus.Phase.METADATA,
          Optional.empty(),
          held,
          known ? 100 : 0,
          0,
          peers,
          0,
          moved,
          moved,
          0,
          0,
          0,
          readers);
    }

    @Override
    public Swarm swarm() {
      return new IdleSwarm(source.infoHash(), source.info(), () -> status);
    }

    @Override
    public void changed(TorrentSource now) {}

    @Override
    public synchronized void keepWhole(boolean on) {
      whole.add(on);
    }

    synchronized boolean fetchesWhole() {
      return !whole.isEmpty() && whole.getLast();
    }

    @Override
    public CompletableFuture<Void> close() {
      closed = true;
      return CompletableFuture.completedFuture(null);
    }
  }
}

package io.sluice.app;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.PeerStatus;
import io.sluice.swarm.PieceState;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmReader;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A swarm that only takes peers; how it is, the test says. */
final class FakeSwarm implements Swarm {

  final List<PeerLink> accepted = new CopyOnWriteArrayList<>();

  /** How a swarm is of which so many bytes are here and so many readers want all. */
  static SwarmStatus status(SwarmStatus.Phase phase, long held, long total, int readers) {
    return new SwarmStatus(phase, Optional.empty(), held, total, 0, 0, 0, 0, 0, 0, 0, 0, readers);
  }

  @Override
  public InfoHash infoHash() {
    return InfoHash.parse("ab".repeat(20));
  }

  @Override
  public Optional<TorrentInfo> info() {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<TorrentInfo> metadata() {
    return new CompletableFuture<>();
  }

  @Override
  public SwarmReader read(long first, long last) {
    throw new IllegalStateException("the metadata is not known");
  }

  @Override
  public void accept(PeerLink link) {
    accepted.add(link);
  }

  @Override
  public SwarmStatus status() {
    return status(SwarmStatus.Phase.METADATA, 0, 0, 0);
  }

  @Override
  public List<PeerStatus> peers() {
    return List.of();
  }

  @Override
  public List<PieceState> pieces() {
    return List.of();
  }
}

package io.sluice.library;

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
import java.util.function.Supplier;

/** A swarm in which nothing ever happens of itself. */
record IdleSwarm(InfoHash infoHash, Optional<TorrentInfo> info, Supplier<SwarmStatus> how)
    implements Swarm {

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
    link.close("nobody is here");
  }

  @Override
  public SwarmStatus status() {
    return how.get();
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

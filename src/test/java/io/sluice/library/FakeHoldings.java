package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Holds as much of each torrent as the test says. */
public final class FakeHoldings implements Holdings {

  final Map<InfoHash, Long> held = new ConcurrentHashMap<>();
  final Set<InfoHash> pinned = ConcurrentHashMap.newKeySet();
  volatile Optional<String> problem = Optional.empty();
  private final long limit;

  public FakeHoldings(long limit) {
    this.limit = limit;
  }

  @Override
  public long heldBytes(InfoHash infoHash) {
    return held.getOrDefault(infoHash, 0L);
  }

  @Override
  public long limitBytes() {
    return limit;
  }

  @Override
  public void pin(InfoHash infoHash, boolean on) {
    var _ = on ? pinned.add(infoHash) : pinned.remove(infoHash);
  }

  @Override
  public void forget(InfoHash infoHash) {
    held.remove(infoHash);
    pinned.remove(infoHash);
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }
}

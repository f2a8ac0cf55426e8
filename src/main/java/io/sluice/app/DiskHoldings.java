package io.sluice.app;

import io.sluice.cache.DiskTier;
import io.sluice.library.Holdings;
import io.sluice.wire.InfoHash;
import java.util.Optional;

/** What the disk tier holds, as the library asks for it. */
record DiskHoldings(DiskTier disk) implements Holdings {

  static Holdings of(Optional<DiskTier> disk) {
    return disk.<Holdings>map(DiskHoldings::new).orElse(NONE);
  }

  @Override
  public long heldBytes(InfoHash infoHash) {
    return disk.heldBytes(infoHash);
  }

  @Override
  public long limitBytes() {
    return disk.limitBytes();
  }

  @Override
  public void pin(InfoHash infoHash, boolean on) {
    disk.pin(infoHash, on);
  }

  @Override
  public boolean settle(InfoHash infoHash, boolean begin) {
    return disk.settle(infoHash, begin);
  }

  @Override
  public void forget(InfoHash infoHash) {
    disk.forget(infoHash);
  }

  @Override
  public Optional<String> problem() {
    return disk.problem();
  }
}

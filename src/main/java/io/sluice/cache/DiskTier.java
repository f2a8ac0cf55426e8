package io.sluice.cache;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.nio.file.Path;
import java.util.Optional;

/** The disk tier: verified pieces that outlive the process, within a bound. */
public final class DiskTier implements AutoCloseable {

  private final DiskLimits limits;

  private DiskTier(DiskLimits limits) {
    this.limits = limits;
  }

  /**
   * Opens the tier in a folder of its own, and makes that when there is none. Never fails: {@link
   * #problem} says what is wrong.
   */
  public static DiskTier open(Path folder, DiskLimits limits) {
    return new DiskTier(limits);
  }

  /** What a torrent has on disk; takes the pieces that leave memory. */
  public PieceSource torrent(TorrentInfo info) {
    return PieceSource.NONE;
  }

  /**
   * Says whether a torrent's pieces are to stay: they are written as soon as they have been
   * verified, and never evicted. Outlives the process.
   */
  public void pin(InfoHash infoHash, boolean on) {}

  /** Deletes what there is of a torrent; sources that {@link #torrent} gave for it are empty. */
  public void forget(InfoHash infoHash) {}

  /** Bytes of a torrent's pieces that are on disk and survive the end of this process. */
  public long heldBytes(InfoHash infoHash) {
    return 0;
  }

  /** Bytes of the pieces on disk. */
  public long bytes() {
    return 0;
  }

  /** Those of pinned torrents among them. */
  public long pinnedBytes() {
    return 0;
  }

  /** The bound of {@link #bytes}. */
  public long limitBytes() {
    return limits.maxBytes();
  }

  /** What is wrong with the disk now, if anything; one line for the operator. */
  public Optional<String> problem() {
    return Optional.empty();
  }

  /** Writes what waits to be written, within some seconds, and ends. */
  @Override
  public void close() {}
}

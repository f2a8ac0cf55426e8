package io.sluice.cache;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import io.sluice.wire.Sha1;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The disk tier: verified pieces that outlive the process, within a bound that is never exceeded.
 *
 * <p>Each piece is a file of its own, {@code INFOHASH/PIECE} in the tier's folder, written under
 * another name and renamed; {@code journal} lists them, a line for each change and a checksum for
 * each line (see {@link Journal} for a sample). What that survives:
 *
 * <ul>
 *   <li><b>The end of the process at any instant</b> (kill -9, a crash): a piece is lost only if it
 *       was not yet written, which for pinned torrents takes milliseconds unless the disk is slower
 *       than the network. Files that the journal does not name are deleted at the next start; a
 *       torn last line is dropped.
 *   <li><b>Power loss</b>: of pinned torrents at most what came within {@link
 *       DiskLimits#syncEvery}; of others what the operating system had not written yet. A piece
 *       that was written after the last synced point is looked for at the next start, and dropped
 *       when its file is not there with its length.
 *   <li><b>A journal that is missing or damaged</b>: the folder is listed, and what is there under
 *       a piece's name is believed to be that piece until it is read.
 * </ul>
 *
 * No byte is believed because the journal says so: a piece is hashed when it is read for the first
 * time in this process, and whenever its file was modified since. One that is wrong is deleted,
 * counted, and reported as lost, so that it is fetched again. Start-up reads the journal and opens
 * no piece.
 *
 * <p>When the disk is full, fails or vanishes, {@link #problem} says so; what cannot be written is
 * dropped, what is there is still read, and writing is tried again by itself after a while.
 *
 * <p>Safe for any thread. {@link #open} and {@link #close} block, and so does loading a piece; no
 * other method does I/O. Writing is done by a thread of the tier's own.
 */
public final class DiskTier implements AutoCloseable {

  private final DiskIndex index;
  private final DiskWriter writer;
  private final PieceFolder folder;
  private final DiskTrouble trouble;
  private final DiskLimits limits;

  private DiskTier(Path root, DiskLimits limits, Disk disk, LongSupplier nanoClock) {
    this.limits = limits;
    folder = new PieceFolder(disk, root, nanoClock);
    trouble = new DiskTrouble(root, limits.retryEvery(), nanoClock);
    DiskState state = new DiskState(limits);
    index = new DiskIndex(state);
    writer = new DiskWriter(new WriterIndex(state), folder, disk, limits, trouble, nanoClock);
  }

  /**
   * Opens the tier in a folder of its own, and makes that when there is none; the folder around it
   * must be there. Never fails: {@link #problem} says what is wrong.
   */
  public static DiskTier open(Path folder, DiskLimits limits) {
    return open(folder, limits, Disk.REAL, System::nanoTime);
  }

  static DiskTier open(Path folder, DiskLimits limits, Disk disk, LongSupplier nanoClock) {
    DiskTier tier = new DiskTier(folder, limits, disk, nanoClock);
    tier.writer.start();
    return tier;
  }

  /** What a torrent has on disk; takes the pieces that leave memory. */
  public PieceSource torrent(TorrentInfo info) {
    StoredTorrent torrent = index.know(info);
    index.tellLost();
    writer.wake();
    return new View(torrent, info);
  }

  /**
   * Says whether a torrent's pieces are to stay: they are written as soon as they have been
   * verified, and never evicted. Outlives the process.
   */
  public void pin(InfoHash infoHash, boolean on) {
    if (index.pin(infoHash, on)) {
      index.tellLost();
      writer.pinned(infoHash, on);
    }
  }

  /**
   * Has what is only in memory of a torrent written, one piece after the other, so that nothing is
   * left over when the torrent leaves memory.
   *
   * @param begin whether to look anew for what is in memory
   * @return whether nothing waits to be written any more
   */
  public boolean settle(InfoHash infoHash, boolean begin) {
    boolean settled = index.settle(infoHash, begin);
    if (!settled) {
      writer.wake();
    }
    return settled;
  }

  /** Deletes what there is of a torrent; sources that {@link #torrent} gave for it are empty. */
  public void forget(InfoHash infoHash) {
    index.forget(infoHash);
    writer.forgotten(infoHash);
  }

  /** Bytes of a torrent's pieces that are on disk and survive the end of this process. */
  public long heldBytes(InfoHash infoHash) {
    return index.heldBytes(infoHash);
  }

  /** Bytes of the pieces on disk. */
  public long bytes() {
    return index.bytes();
  }

  /** Those of pinned torrents among them. */
  public long pinnedBytes() {
    return index.pinnedBytes();
  }

  /** The bound of {@link #bytes}. */
  public long limitBytes() {
    return limits.maxBytes();
  }

  /** What is wrong with the disk now, if anything; one line for the operator. */
  public Optional<String> problem() {
    return trouble.problem();
  }

  public DiskStats stats() {
    return index.stats();
  }

  /**
   * The gateway is about to end: from now on all that leaves memory is taken, whatever waits to be
   * written already.
   */
  public void ending() {
    index.takeAll();
  }

  /** Writes what waits to be written, within some seconds, and ends. */
  @Override
  public void close() {
    writer.close();
    folder.close();
  }

  /** A torrent as memory sees it. */
  private final class View implements PieceSource {
    private final StoredTorrent torrent;
    private final TorrentInfo info;

    View(StoredTorrent torrent, TorrentInfo info) {
      this.torrent = torrent;
      this.info = info;
    }

    @Override
    public boolean has(int piece) {
      return index.has(torrent, piece);
    }

    @Override
    public void attach(Above above) {
      index.attach(torrent, above);
      writer.wake();
    }

    @Override
    public void arrived(int piece, Piece bytes) {
      if (index.arrived(torrent, piece)) {
        writer.wake();
      }
    }

    @Override
    public boolean leaving(int piece, Piece bytes) {
      boolean taken = index.leaving(torrent, piece, bytes, trouble.present());
      writer.wake();
      index.tellLost();
      return taken;
    }

    @Override
    public Piece load(int piece) throws IOException {
      StoredPiece stored = index.find(torrent, piece);
      if (stored == null) {
        throw new IOException("piece " + piece + " is not on disk");
      }
      Piece waiting = index.unwritten(stored);
      return waiting != null ? waiting : read(stored);
    }

    @Override
    public boolean opens(int piece) {
      return index.hashed(torrent, piece).isPresent();
    }

    @Override
    public Optional<PieceFile> openAtOnce(int piece) {
      Optional<PieceFile> file =
          index
              .hashed(torrent, piece)
              .flatMap(stamp -> folder.openAtOnce(torrent.key(piece), stamp));
      file.ifPresent(_ -> index.sent(torrent, piece));
      return file;
    }

    @Override
    public Optional<PieceFile> open(int piece) {
      Optional<Disk.Stamp> hashed = index.hashed(torrent, piece);
      if (hashed.isEmpty()) {
        return Optional.empty();
      }
      try {
        Optional<PieceFile> file = folder.open(torrent.key(piece), hashed.get());
        file.ifPresent(_ -> index.sent(torrent, piece));
        return file;
      } catch (IOException unusable) {
        return Optional.empty(); // Loading it finds out what is wrong.
      }
    }

    private Piece read(StoredPiece stored) throws IOException {
      Piece bytes = Piece.allocate(stored.length);
      boolean good = false;
      try {
        Disk.Stamp stamp = folder.read(stored.key(), bytes.writable(0, stored.length));
        boolean hash = index.hashedModifiedNanos(stored) != stamp.modifiedNanos();
        if (stamp.bytes() != stored.length
            || (hash && !info.matches(stored.piece, Sha1.of(bytes.bytes())))) {
          throw new IOException("piece " + stored.piece + " on disk is damaged");
        }
        index.read(stored, stamp.modifiedNanos(), hash);
        good = true;
        return bytes;
      } catch (IOException failure) {
        writer.unusable(stored, failure);
        throw failure;
      } finally {
        if (!good) {
          bytes.release();
        }
      }
    }
  }
}

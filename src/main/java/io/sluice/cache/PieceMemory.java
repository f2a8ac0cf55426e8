package io.sluice.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.sluice.wire.InfoHash;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pieces in memory and the order in which they leave; holds one reference to each.
 *
 * <p>Invariant: between calls {@link #bytes} is at most {@link CacheLimits#memoryBytes}, and a
 * piece is in exactly one of the two regions. Not safe for threads: guarded by its owner's lock.
 */
final class PieceMemory {

  // Why two regions
  //
  // Caffeine decides by frequency whom to keep (W-TinyLFU), and its own window for newcomers starts
  // at one hundredth of the whole. What a viewer needs next has been used by nobody yet: in a full
  // cache it would be turned away before it is read, and fetched again and again. So newcomers and
  // pieces just used first live in `recent`, by recency alone; what falls out of it competes in
  // `settled` by frequency, where one long film that nobody sees twice cannot wash out the pieces
  // that many come back for.
  //
  //     put, use ──> recent (least recently used leaves) ──> settled (W-TinyLFU) ──> gone
  //                     ^───────────────── use ─────────────────┘

  private final LinkedHashMap<PieceKey, Piece> recent = new LinkedHashMap<>(64, 0.75f, true);
  private final long recentLimitBytes;
  private final Cache<PieceKey, Piece> settled;
  private final List<Leaving> evicted = new ArrayList<>();
  private long recentBytes;
  private long settledBytes;

  /** A piece that has left, with the reference that was held to it. */
  record Leaving(PieceKey key, Piece piece) {}

  PieceMemory(CacheLimits limits) {
    this.recentLimitBytes = limits.recentBytes();
    this.settled =
        Caffeine.newBuilder()
            .maximumWeight(limits.memoryBytes() - limits.recentBytes())
            .weigher((PieceKey _, Piece piece) -> piece.length())
            .evictionListener(this::onEviction)
            // Upkeep on the calling thread: the bound holds when a call returns.
            .executor(Runnable::run)
            .build();
  }

  private void onEviction(@Nullable PieceKey key, @Nullable Piece piece, RemovalCause cause) {
    if (key == null || piece == null) {
      return; // Only for weak and soft references, which this cache does not have.
    }
    settledBytes -= piece.length();
    evicted.add(new Leaving(key, piece));
  }

  long bytes() {
    return recentBytes + settledBytes;
  }

  boolean contains(PieceKey key) {
    return recent.containsKey(key) || settled.asMap().containsKey(key);
  }

  /** The piece, retained for the caller; this counts as a use of it. */
  @Nullable Piece use(PieceKey key) {
    Piece piece = recent.get(key);
    if (piece != null) {
      return piece.retain();
    }
    piece = settled.getIfPresent(key);
    if (piece == null) {
      return null;
    }
    // Retained first: a piece too large for `recent` may be gone when add returns.
    piece.retain();
    settled.asMap().remove(key);
    settledBytes -= piece.length();
    add(key, piece);
    return piece;
  }

  /** Adds a piece that is not here, with the reference that the caller gives up. */
  void add(PieceKey key, Piece piece) {
    recent.put(key, piece);
    recentBytes += piece.length();
    Iterator<Map.Entry<PieceKey, Piece>> oldest = recent.entrySet().iterator();
    while (recentBytes > recentLimitBytes && oldest.hasNext()) {
      Map.Entry<PieceKey, Piece> entry = oldest.next();
      PieceKey leavingKey = entry.getKey();
      Piece leaving = entry.getValue();
      oldest.remove();
      recentBytes -= leaving.length();
      settledBytes += leaving.length();
      settled.put(leavingKey, leaving);
    }
    settled.cleanUp();
  }

  /** The piece, retained for the caller; hardly counts as a use of it. */
  @Nullable Piece peek(PieceKey key) {
    Piece piece = recent.get(key);
    if (piece == null) {
      piece = settled.policy().getIfPresentQuietly(key);
    }
    return piece == null ? null : piece.retain();
  }

  /** Takes out the pieces of a torrent, for the caller to release. */
  List<Leaving> remove(InfoHash infoHash) {
    List<Leaving> removed = new ArrayList<>();
    recent
        .entrySet()
        .removeIf(
            entry -> {
              if (!entry.getKey().infoHash().equals(infoHash)) {
                return false;
              }
              recentBytes -= entry.getValue().length();
              removed.add(new Leaving(entry.getKey(), entry.getValue()));
              return true;
            });
    for (Map.Entry<PieceKey, Piece> entry : settled.asMap().entrySet()) {
      if (entry.getKey().infoHash().equals(infoHash)) {
        settled.asMap().remove(entry.getKey());
        settledBytes -= entry.getValue().length();
        removed.add(new Leaving(entry.getKey(), entry.getValue()));
      }
    }
    return removed;
  }

  /** Takes out everything, for the caller to release. */
  List<Leaving> clear() {
    List<Leaving> all = new ArrayList<>();
    settled.asMap().forEach((key, piece) -> all.add(new Leaving(key, piece)));
    recent.forEach((key, piece) -> all.add(new Leaving(key, piece)));
    recent.clear();
    recentBytes = 0;
    settled.invalidateAll();
    settledBytes = 0;
    return all;
  }

  /** The pieces that have left for want of room since the last call, for the caller to release. */
  List<Leaving> drainEvicted() {
    if (evicted.isEmpty()) {
      return List.of();
    }
    List<Leaving> drained = List.copyOf(evicted);
    evicted.clear();
    return drained;
  }
}

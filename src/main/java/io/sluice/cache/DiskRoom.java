package io.sluice.cache;

import java.util.List;

/**
 * Which pieces have the room that the disk tier may take, and which of them must go.
 *
 * <p>Invariants: after {@link #enforce} what was added and not removed has at most the limit
 * together, as long as pinned torrents alone do not; pieces of torrents that are not pinned are in
 * the order of eviction, and no others are.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class DiskRoom {

  private final long maxBytes;
  private final EvictionOrder<StoredPiece> order;
  private long pinnedBytes;
  private long limit;

  DiskRoom(DiskLimits limits) {
    maxBytes = limits.maxBytes();
    limit = maxBytes;
    order = new EvictionOrder<>(maxBytes, limits.guardBytes(), (StoredPiece p) -> p.length);
  }

  long bytes() {
    return pinnedBytes + order.bytes();
  }

  long pinnedBytes() {
    return pinnedBytes;
  }

  /** Sets the limit by how many bytes may still be written to the device. */
  void measure(long deviceRoomBytes) {
    limit = limit(deviceRoomBytes);
  }

  private long limit(long deviceRoomBytes) {
    return Math.min(maxBytes, Math.max(0, bytes() + deviceRoomBytes));
  }

  /** Whether so many bytes more could be taken, all that is not pinned making way. */
  boolean fits(int length) {
    return pinnedBytes + length <= limit;
  }

  /** The same, when so many bytes may still be written to the device. */
  boolean fits(int length, long deviceRoomBytes) {
    return pinnedBytes + length <= limit(deviceRoomBytes);
  }

  /** Whether it is the device, and not our own bound, that leaves little room. */
  boolean deviceFull() {
    return limit < maxBytes;
  }

  boolean deviceFull(long deviceRoomBytes) {
    return limit(deviceRoomBytes) < maxBytes;
  }

  void add(StoredPiece stored) {
    if (stored.torrent.pinned) {
      pinnedBytes += stored.length;
    } else {
      order.add(stored);
    }
  }

  void remove(StoredPiece stored) {
    if (stored.torrent.pinned) {
      pinnedBytes -= stored.length;
    } else {
      order.remove(stored);
    }
  }

  /** Makes what is not pinned keep to what the pinned leave. */
  void enforce() {
    order.limit(limit - pinnedBytes);
  }

  /** A piece was read. */
  void use(StoredPiece stored) {
    order.use(stored);
    guardEdges(stored);
  }

  /** What is at both ends of the file of a piece shall stay. */
  void guardEdges(StoredPiece stored) {
    stored.torrent.edgesBeside(stored.piece).forEach(order::guard);
  }

  /** The pieces that have left for want of room since the last call. */
  List<StoredPiece> drainVictims() {
    return order.drainVictims();
  }

  /** All that are not pinned, those that would leave first at the beginning, roughly. */
  List<StoredPiece> coldestFirst() {
    return order.coldestFirst();
  }
}

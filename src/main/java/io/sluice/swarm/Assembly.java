package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one piece in the making. Invariant: a block is here, or asked of so many peers, or
 * free; {@link #free} counts the free ones.
 *
 * <p>Confined to the swarm loop.
 */
final class Assembly {

  /** No peer has the piece to itself. */
  static final int NOBODY = -1;

  private final int piece;
  private final int bytes;
  private final BitSet here;
  private final byte[] asked;
  private final byte[] pending;
  private final @Nullable PeerIdentity[] givers;
  private int missing;
  private int free;
  private int receivedBytes;
  private int cursor;

  /**
   * The only peer that may be asked for blocks while it is asked for any, since the piece was bad
   * before; or NOBODY.
   */
  int exclusiveTo = NOBODY;

  /** When a block came last, or the piece was begun. */
  long touchedNanos;

  Assembly(int piece, int bytes, int blocks, long nowNanos) {
    this.piece = piece;
    this.bytes = bytes;
    here = new BitSet(blocks);
    asked = new byte[blocks];
    pending = new byte[blocks];
    givers = new PeerIdentity[blocks];
    missing = blocks;
    free = blocks;
    touchedNanos = nowNanos;
  }

  int piece() {
    return piece;
  }

  int bytes() {
    return bytes;
  }

  int blocks() {
    return asked.length;
  }

  /** Blocks that are neither here nor asked for. */
  int free() {
    return free;
  }

  /** Blocks that are not here. */
  int missing() {
    return missing;
  }

  /** Whether somebody is expected to answer for a block. */
  boolean asksSomebody() {
    return free < missing;
  }

  boolean empty() {
    return missing == blocks();
  }

  /** Bytes of the blocks that are here. */
  int receivedBytes() {
    return receivedBytes;
  }

  boolean has(int block) {
    return here.get(block);
  }

  boolean isFree(int block) {
    return asked[block] == 0 && !here.get(block);
  }

  /** How many peers are expected to answer for a block. */
  int askedOf(int block) {
    return asked[block];
  }

  /** How many peers might still answer for a block, late ones included. */
  int pendingAt(int block) {
    return pending[block];
  }

  /** The first free block at or after one, or -1. */
  int nextFree(int from) {
    int block = Math.max(from, cursor);
    while (block < blocks() && !isFree(block)) {
      block++;
    }
    if (from <= cursor) {
      cursor = block;
    }
    return block < blocks() ? block : -1;
  }

  /** One more peer was asked for a block. */
  void ask(int block) {
    pending[block]++;
    expect(block);
  }

  /** A peer that was late is expected to answer after all. */
  void expect(int block) {
    if (isFree(block)) {
      free--;
    }
    asked[block]++;
  }

  /** One peer is no longer expected to answer soon. */
  void late(int block) {
    asked[block]--;
    if (isFree(block)) {
      free++;
      cursor = Math.min(cursor, block);
    }
  }

  /** One peer that was late will not answer. */
  void lateGone(int block) {
    pending[block]--;
  }

  /** One peer that was expected to answer has, or will not. */
  void settle(int block) {
    lateGone(block);
    late(block);
  }

  /** A block came from a peer; after {@link #settle} for that peer. */
  void receive(int block, PeerIdentity giver, long nowNanos) {
    if (isFree(block)) {
      free--;
    }
    here.set(block);
    receivedBytes += Math.min(PeerMessage.BLOCK_BYTES, bytes - block * PeerMessage.BLOCK_BYTES);
    givers[block] = giver;
    missing--;
    touchedNanos = nowNanos;
  }

  /** Who gave each block, in order. */
  List<@Nullable PeerIdentity> givers() {
    List<@Nullable PeerIdentity> copy = new ArrayList<>();
    for (PeerIdentity giver : givers) {
      copy.add(giver);
    }
    return copy;
  }

  /** Everybody who gave a block. */
  Set<PeerIdentity> contributors() {
    Set<PeerIdentity> all = new LinkedHashSet<>();
    for (PeerIdentity giver : givers) {
      if (giver != null) {
        all.add(giver);
      }
    }
    return all;
  }
}

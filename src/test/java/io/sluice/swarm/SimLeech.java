package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Request;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a simulated peer does that wants the whole torrent: which block it asks for next. */
final class SimLeech {

  private static final BitSet NOTHING = new BitSet();

  private final SimSwarm swarm;
  private final Map<Integer, BitSet> blocks = new HashMap<>();

  /** Peers of its own network that it exchanges pieces with. */
  final List<SimPeer> mates = new ArrayList<>();

  SimLeech(SimSwarm swarm) {
    this.swarm = swarm;
  }

  /** A block of a piece that it lacks, of a piece begun if there is one; nothing asked twice. */
  Optional<Request> next(BitSet has, Set<Integer> offered, Set<Request> asked) {
    for (int piece : blocks.keySet()) {
      if (offered.contains(piece)) {
        Optional<Request> next = next(piece, asked);
        if (next.isPresent()) {
          return next;
        }
      }
    }
    for (int piece = has.nextClearBit(0);
        piece < swarm.geometry.pieces();
        piece = has.nextClearBit(piece + 1)) {
      if (offered.contains(piece) && !blocks.containsKey(piece)) {
        Optional<Request> next = next(piece, asked);
        if (next.isPresent()) {
          return next;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Request> next(int piece, Set<Request> asked) {
    BitSet here = blocks.getOrDefault(piece, NOTHING);
    int count = swarm.geometry.blocksOf(piece);
    for (int block = here.nextClearBit(0); block < count; block = here.nextClearBit(block + 1)) {
      Request request =
          new Request(
              piece, swarm.geometry.blockBegin(block), swarm.geometry.blockBytes(piece, block));
      if (!asked.contains(request)) {
        return Optional.of(request);
      }
    }
    return Optional.empty();
  }

  /** A block came; whether its piece is whole now. */
  boolean received(Request request) {
    int piece = request.piece();
    BitSet here = blocks.computeIfAbsent(piece, _ -> new BitSet());
    here.set(request.begin() / PeerMessage.BLOCK_BYTES);
    if (here.cardinality() < swarm.geometry.blocksOf(piece)) {
      return false;
    }
    blocks.remove(piece);
    return true;
  }

  /** A piece that a mate has and this one lacks. */
  Optional<Integer> fromMates(BitSet has) {
    for (SimPeer mate : mates) {
      BitSet more = (BitSet) mate.has.clone();
      more.andNot(has);
      if (mate.connected && !more.isEmpty()) {
        return Optional.of(more.nextSetBit(0));
      }
    }
    return Optional.empty();
  }
}

package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Request;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a simulated peer takes: a few blocks of what it was told of, or all of it as a {@link
 * SimLeech}. It sees to it that every request is answered, once.
 */
final class SimDownload {

  private static final long SECOND = 1_000_000_000L;

  private final SimPeer peer;
  private final SimSwarm swarm;
  private final Map<Request, Long> asked = new LinkedHashMap<>();
  private final Set<Integer> theirs = new HashSet<>();
  private boolean interested;
  private boolean choked = true;

  SimDownload(SimPeer peer, SimSwarm swarm) {
    this.peer = peer;
    this.swarm = swarm;
  }

  // ---- what it is told ----

  void has(int piece) {
    theirs.add(piece);
    SimLeech leech = peer.leech;
    if (leech != null) {
      leech(leech);
    }
  }

  void hasNot(int piece) {
    theirs.remove(piece);
  }

  void has(ByteBuffer bits) {
    for (int piece = 0; piece < swarm.geometry.pieces(); piece++) {
      if ((bits.get(piece / 8) & (0x80 >> piece % 8)) != 0) {
        theirs.add(piece);
      }
    }
  }

  void choked() {
    choked = true;
    if (!peer.fast) {
      asked.clear();
    }
  }

  void unchoked() {
    choked = false;
    download();
  }

  void answered(Request request) {
    Long since = asked.remove(request);
    if (since == null && peer.connected && peer.fast && !peer.faults.contains(Fault.GREED)) {
      fail("%s was answered and not asked", request);
    }
  }

  /** A block has come. */
  void received(Request request) {
    answered(request);
    SimLeech leech = peer.leech;
    if (peer.connected && leech != null) {
      if (!peer.has.get(request.piece()) && leech.received(request)) {
        peer.gain(request.piece());
      }
      leech(leech);
    }
  }

  // ---- what it asks for ----

  /** Asks for blocks of pieces that it was told of. */
  void download() {
    SimLeech leech = peer.leech;
    if (leech != null) {
      leech(leech);
      return;
    }
    if (choked || asked.size() > 20) {
      return;
    }
    for (int piece : theirs.stream().limit(3).toList()) {
      int block = swarm.random.nextInt(swarm.geometry.blocksOf(piece));
      ask(
          new Request(
              piece, swarm.geometry.blockBegin(block), swarm.geometry.blockBytes(piece, block)));
    }
    if (!asked.isEmpty() && swarm.random.nextInt(6) == 0) {
      Request cancelled = asked.keySet().iterator().next();
      peer.say(new PeerMessage.Cancel(cancelled.piece(), cancelled.begin(), cancelled.length()));
    }
  }

  /** Takes all that is offered, as long as it lacks anything. */
  private void leech(SimLeech taking) {
    boolean useful = false;
    for (int piece : theirs) {
      useful |= !peer.has.get(piece);
    }
    if (useful != interested) {
      interested = useful;
      peer.say(useful ? new PeerMessage.Interested() : new PeerMessage.NotInterested());
    }
    asked.values().removeIf(since -> swarm.clock.nowNanos() - since > 30 * SECOND);
    if (choked) {
      return;
    }
    if (peer.faults.contains(Fault.IGNORE)) {
      swarm.fired(Fault.IGNORE);
      return;
    }
    Optional<Request> next = taking.next(peer.has, theirs, asked.keySet());
    while (next.isPresent() && asked.size() < 16) {
      ask(next.get());
      next = taking.next(peer.has, theirs, asked.keySet());
    }
  }

  /** Asks for a block once, whatever block that is. */
  void ask(Request request) {
    if (!asked.containsKey(request)) {
      asked.put(request, swarm.clock.nowNanos());
      peer.say(request);
    }
  }

  /** Every request has been answered lately, or is young. */
  void checkAnswered() {
    if (!peer.connected || !peer.fast) {
      return;
    }
    asked.forEach(
        (request, since) -> {
          if (swarm.clock.nowNanos() - since > 25 * SECOND) {
            fail("%s has waited since %d", request, since);
          }
        });
  }
}

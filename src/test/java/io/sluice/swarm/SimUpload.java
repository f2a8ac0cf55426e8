package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Request;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * What a simulated peer gives: one block after the other, as fast as its bandwidth goes, of what it
 * was asked for while it did not choke.
 */
final class SimUpload {

  private static final long SECOND = 1_000_000_000L;

  private final SimPeer peer;
  private final SimSwarm swarm;
  private final boolean answersCancels;
  private final long bytesPerSecond;
  private final Deque<Request> queue = new ArrayDeque<>();

  /** Blocks that it has sent, and how many of them it had sent before. */
  private final Set<Request> sentBlocks = new HashSet<>();

  private int sentAgain;
  private boolean sending;
  private boolean stalled;
  private boolean choking = true;

  SimUpload(SimPeer peer, SimSwarm swarm, boolean answersCancels, long bytesPerSecond) {
    this.peer = peer;
    this.swarm = swarm;
    this.answersCancels = answersCancels;
    this.bytesPerSecond = bytesPerSecond;
  }

  boolean choking() {
    return choking;
  }

  int sentAgain() {
    return sentAgain;
  }

  void choke(boolean on) {
    choking = on;
    peer.say(on ? new PeerMessage.Choke() : new PeerMessage.Unchoke());
    if (on) {
      if (peer.fast) {
        queue.forEach(this::reject);
      }
      queue.clear();
    }
  }

  /** Sends nothing for so long. */
  void stall(long nanos) {
    stalled = true;
    swarm.clock.after(
        nanos,
        () -> {
          stalled = false;
          send();
        });
  }

  /** Sends nothing any more. */
  void die() {
    stalled = true;
    queue.clear();
  }

  void leave() {
    queue.clear();
  }

  void requested(Request request) {
    if (choking) {
      if (peer.fast) {
        reject(request);
      }
      return;
    }
    if (queue.contains(request)) {
      // Who sends what was not asked for must not wonder that answers are miscounted.
      if (peer.faults.contains(Fault.TWICE) || peer.faults.contains(Fault.UNASKED)) {
        return;
      }
      fail("%s while it waits already", request);
    }
    if (!peer.has.get(request.piece())) {
      if (peer.faults.contains(Fault.LIE)) {
        swarm.fired(Fault.LIE);
      }
      return;
    }
    if (peer.fast && peer.does(Fault.REJECT, 5)) {
      reject(request);
      return;
    }
    queue.add(request);
    send();
  }

  void cancelled(Request request) {
    if (queue.remove(request) && peer.fast && answersCancels) {
      reject(request);
    }
  }

  private void reject(Request request) {
    peer.say(new PeerMessage.RejectRequest(request.piece(), request.begin(), request.length()));
  }

  private void send() {
    if (sending || stalled || queue.isEmpty()) {
      return;
    }
    sending = true;
    Request next = queue.remove();
    swarm.clock.after(
        next.length() * SECOND / bytesPerSecond,
        () -> {
          sending = false;
          if (peer.connected) {
            send(next);
            send();
          }
        });
  }

  private void send(Request next) {
    boolean bad = peer.does(Fault.BAD_DATA, 6);
    if (!sentBlocks.add(next)) {
      sentAgain++;
    }
    PeerMessage block =
        new PeerMessage.Block(
            next.piece(), next.begin(), swarm.bytes(next.piece(), next.begin(), !bad));
    peer.say(block);
    if (peer.does(Fault.TWICE, 4)) {
      peer.say(block);
    }
  }
}

package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one peer asked us for and waits for, in order and bounded. Invariant: a request waits here,
 * or is being served, or has been answered.
 *
 * <p>Confined to the swarm loop.
 */
final class UploadQueue {

  /** A request and when it came. */
  record Waiting(PeerMessage.Request request, long sinceNanos) {}

  private final int bound;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<Waiting> serving = new ArrayList<>();

  /** Whether the link takes blocks. */
  boolean writable = true;

  UploadQueue(int bound) {
    this.bound = bound;
  }

  /** Queues a request; false when the queue is full or has it already. */
  boolean offer(PeerMessage.Request request, long nowNanos) {
    if (waiting.size() + serving.size() >= bound || contains(request)) {
      return false;
    }
    waiting.add(new Waiting(request, nowNanos));
    return true;
  }

  private boolean contains(PeerMessage.Request request) {
    // The newest are at the end, and so is a request that is sent twice in a row; a peer that
    // repeats an older one only gets the block twice.
    Waiting last = waiting.peekLast();
    return last != null && last.request.equals(request);
  }

  /** Takes the next request to be served, or null when there is none. */
  @Nullable Waiting serve() {
    Waiting next = waiting.poll();
    if (next != null) {
      serving.add(next);
    }
    return next;
  }

  /** A request that was being served has been answered. */
  void served(PeerMessage.Request request) {
    take(request);
  }

  /** A request that was being served waits again, before all others. */
  void putBack(PeerMessage.Request request) {
    Waiting was = take(request);
    if (was != null) {
      waiting.addFirst(was);
    }
  }

  private @Nullable Waiting take(PeerMessage.Request request) {
    for (int i = 0; i < serving.size(); i++) {
      if (serving.get(i).request.equals(request)) {
        return serving.remove(i);
      }
    }
    return null;
  }

  int serving() {
    return serving.size();
  }

  int waiting() {
    return waiting.size();
  }

  /** Takes back a request that waits; false when it does not. */
  boolean cancel(PeerMessage.Request request) {
    return waiting.removeIf(each -> each.request.equals(request));
  }

  /** Empties the queue, but for what is being served. */
  List<PeerMessage.Request> drain() {
    List<PeerMessage.Request> all = waiting.stream().map(Waiting::request).toList();
    waiting.clear();
    return all;
  }

  /** Takes out the requests for a piece that wait. */
  List<PeerMessage.Request> drain(int piece) {
    List<PeerMessage.Request> all =
        waiting.stream().map(Waiting::request).filter(each -> each.piece() == piece).toList();
    waiting.removeIf(each -> each.request.piece() == piece);
    return all;
  }

  /** Takes out the requests that have waited since before a time. */
  List<PeerMessage.Request> drainOlder(long thanNanos) {
    List<PeerMessage.Request> old = new ArrayList<>();
    for (Waiting next = waiting.peek();
        next != null && next.sinceNanos < thanNanos;
        next = waiting.peek()) {
      waiting.remove();
      old.add(next.request);
    }
    return old;
  }
}

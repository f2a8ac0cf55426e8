package io.sluice.swarm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one peer was asked for and may still answer, in the order of asking. Invariant: at most one
 * entry for a block.
 *
 * <p>Confined to the swarm loop.
 */
final class RequestBook {

  enum State {
    /** The answer is expected. */
    WAITING,
    /** The answer is overdue and the block free for others; it is still welcome. */
    LATE,
    /** Taken back; a peer may have answered before it heard so. */
    CANCELLED
  }

  /** One request. */
  static final class Request {
    final int piece;
    final int block;
    long sentNanos;
    long dueNanos;
    private State state = State.WAITING;

    /** Times this was cancelled and asked again: so many rejections mean nothing. */
    int cancels;

    /** Whether the peer had nothing else to answer when it was sent. */
    boolean alone;

    Request(int piece, int block) {
      this.piece = piece;
      this.block = block;
    }

    State state() {
      return state;
    }
  }

  private final List<Request> requests = new ArrayList<>();
  private int waiting;
  private int late;

  /** The entries, oldest first; to be changed by the methods here only. */
  List<Request> all() {
    return requests;
  }

  /** A copy of {@link #all} that survives changes. */
  List<Request> snapshot() {
    return List.copyOf(requests);
  }

  int waiting() {
    return waiting;
  }

  int late() {
    return late;
  }

  int size() {
    return requests.size();
  }

  @Nullable Request find(int piece, int block) {
    // Answers come in the order of requests, mostly: the one in question stands near the front.
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      if (request.block == block && request.piece == piece) {
        return request;
      }
    }
    return null;
  }

  /** Whether a block may be asked for: it is not, or the request was cancelled. */
  boolean askable(int piece, int block) {
    if (waiting == requests.size()) {
      // The common case: nothing is late or cancelled, and what waits is not free anyway.
      return true;
    }
    Request request = find(piece, block);
    return request == null || request.state == State.CANCELLED;
  }

  /** Notes a request that is being sent; one that was cancelled is renewed. */
  Request add(int piece, int block, long nowNanos, long dueNanos) {
    Request request = waiting == requests.size() ? null : find(piece, block);
    boolean alone = waiting + late == 0;
    if (request == null) {
      assert find(piece, block) == null : "block " + block + " of " + piece + " is asked for";
      request = new Request(piece, block);
    } else if (request.state == State.CANCELLED) {
      requests.remove(request);
      request.cancels++;
      request.state = State.WAITING;
    } else {
      throw new IllegalStateException("block " + block + " of piece " + piece + " was asked for");
    }
    request.sentNanos = nowNanos;
    request.dueNanos = dueNanos;
    request.alone = alone;
    requests.add(request);
    waiting++;
    return request;
  }

  void remove(Request request) {
    count(request.state, -1);
    requests.remove(request);
  }

  void move(Request request, State to) {
    count(request.state, -1);
    request.state = to;
    count(to, 1);
  }

  void clear() {
    requests.clear();
    waiting = 0;
    late = 0;
  }

  private void count(State state, int by) {
    switch (state) {
      case WAITING -> waiting += by;
      case LATE -> late += by;
      case CANCELLED -> {}
    }
  }
}

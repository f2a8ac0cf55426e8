package io.sluice.swarm;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one peer was asked for and may still answer. Invariant: at most one entry for a block, and
 * so many cancelled ones at most.
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
    private State state = State.WAITING;

    /** Times this was cancelled and asked again: so many answers may come before the last. */
    int cancels;

    /** Whether the peer had nothing else to answer when it was sent. */
    boolean alone;

    /** Its place in the order of all requests to the peer. */
    private long order;

    /** Requests of this place or later were sent after this was cancelled. */
    private long cancelledBefore;

    /** After this a block that was on its way at the cancel would be here. */
    private long settledNanos;

    /** Whether the peer dropped it by itself, so that it answers no cancel. */
    private boolean dismissed;

    Request(int piece, int block) {
      this.piece = piece;
      this.block = block;
    }

    State state() {
      return state;
    }
  }

  private final int maxCancelled;

  /** Waiting and late ones, oldest first. */
  private final List<Request> live = new ArrayList<>();

  private final Map<Long, Request> cancelled = new LinkedHashMap<>();
  private int waiting;
  private long nextOrder;

  /** The latest place in the order that the peer has answered with a block. */
  private long answeredOrder = -1;

  /** Whether the peer answers requests that were cancelled in time, as BEP 6 asks. */
  private boolean answersCancels;

  RequestBook(int maxCancelled) {
    this.maxCancelled = maxCancelled;
  }

  private static long name(int piece, int block) {
    return ((long) piece << 32) | block;
  }

  /** A copy of the entries that wait or are late, oldest first. */
  List<Request> live() {
    return List.copyOf(live);
  }

  int waiting() {
    return waiting;
  }

  int late() {
    return live.size() - waiting;
  }

  /** Whether the peer has something to answer. */
  boolean idle() {
    return live.isEmpty();
  }

  int cancelled() {
    return cancelled.size();
  }

  @Nullable Request find(int piece, int block) {
    Request found = findLive(piece, block);
    return found == null ? cancelled.get(name(piece, block)) : found;
  }

  /** The entry of a block, unless it was cancelled. */
  @Nullable Request findLive(int piece, int block) {
    // Answers come in the order of requests, mostly: the one in question stands near the front.
    for (int i = 0; i < live.size(); i++) {
      Request request = live.get(i);
      if (request.block == block && request.piece == piece) {
        return request;
      }
    }
    return null;
  }

  /**
   * Whether a block that is asked of nobody may be asked of this peer: not while it may still come,
   * or it would come twice.
   */
  boolean askable(int piece, int block, long nowNanos) {
    if (late() > 0 && findLive(piece, block) != null) {
      return false;
    }
    Request before = cancelled.isEmpty() ? null : cancelled.get(name(piece, block));
    return before == null || settled(before, nowNanos);
  }

  /** Whether a block of a piece may still come although it was cancelled. */
  boolean mayStillCome(int piece, long nowNanos) {
    return stillComingNanos(piece, nowNanos) > 0;
  }

  /** For how long, from now on, cancelled blocks of a piece may still come; 0 when none may. */
  long stillComingNanos(int piece, long nowNanos) {
    long longest = 0;
    for (Request request : cancelled.values()) {
      if (request.piece == piece && !settled(request, nowNanos)) {
        longest = Math.max(longest, request.settledNanos - nowNanos);
      }
    }
    return longest;
  }

  /** Whether a request that was cancelled will not be answered any more. */
  private boolean settled(Request request, long nowNanos) {
    return outrun(request) || nowNanos - request.settledNanos >= 0;
  }

  /** A peer works in order: once it answers later requests it has heard of the cancel. */
  private boolean outrun(Request request) {
    return !answersCancels && answeredOrder >= request.cancelledBefore;
  }

  /** The peer has answered a request with a block. */
  void answered(Request request) {
    answeredOrder = Math.max(answeredOrder, request.order);
  }

  /** The peer has turned down a request that was cancelled: from now on it is expected to. */
  void answeredCancel() {
    answersCancels = true;
  }

  boolean answersCancels() {
    return answersCancels;
  }

  /** Notes a request that is being sent; one that was cancelled is renewed. */
  Request add(int piece, int block, long nowNanos) {
    assert findLive(piece, block) == null : "block " + block + " of " + piece + " is asked for";
    Request request = cancelled.remove(name(piece, block));
    if (request == null || request.dismissed || outrun(request)) {
      request = new Request(piece, block);
    } else {
      request.cancels++;
      request.state = State.WAITING;
    }
    request.sentNanos = nowNanos;
    request.order = nextOrder++;
    request.alone = live.isEmpty();
    live.add(request);
    waiting++;
    return request;
  }

  void remove(Request request) {
    switch (request.state) {
      case WAITING -> {
        waiting--;
        live.remove(request);
      }
      case LATE -> live.remove(request);
      case CANCELLED -> cancelled.remove(name(request.piece, request.block));
    }
  }

  /** A request that waits is overdue. */
  void late(Request request) {
    if (request.state != State.WAITING) {
      throw new IllegalStateException("late from " + request.state);
    }
    request.state = State.LATE;
    waiting--;
  }

  /** A request that was late is expected again. */
  void expect(Request request) {
    if (request.state != State.LATE) {
      throw new IllegalStateException("expected from " + request.state);
    }
    request.state = State.WAITING;
    waiting++;
  }

  /**
   * Takes a request back.
   *
   * @param settledNanos after which a block that was on its way is here, or will not come
   */
  void cancel(Request request, long settledNanos) {
    remove(request);
    request.state = State.CANCELLED;
    request.cancelledBefore = nextOrder;
    request.settledNanos = settledNanos;
    cancelled.put(name(request.piece, request.block), request);
    if (cancelled.size() > maxCancelled) {
      Iterator<Request> oldest = cancelled.values().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Notes that the peer has dropped a request, but for a block that may be on its way. */
  void dismiss(Request request, long settledNanos) {
    cancel(request, settledNanos);
    request.dismissed = true;
  }

  /** Forgets cancelled requests that were sent before a time. */
  void forgetCancelled(long beforeNanos) {
    cancelled.values().removeIf(request -> request.sentNanos < beforeNanos);
  }

  void clear() {
    live.clear();
    cancelled.clear();
    waiting = 0;
  }
}

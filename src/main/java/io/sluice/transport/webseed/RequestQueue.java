package io.sluice.transport.webseed;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.wire.PeerMessage.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Requests that wait for a connection, the most urgent first: in the order in which the swarm made
 * them. No two begin at the same byte.
 *
 * <p>Confined to the link's context.
 */
final class RequestQueue {

  private final PieceGeometry geometry;
  private final int most;
  private final Map<Long, Request> waiting = new LinkedHashMap<>();

  RequestQueue(PieceGeometry geometry, int most) {
    this.geometry = geometry;
    this.most = most;
  }

  /** Takes a request; {@code false} when there is no such block, or no room. */
  boolean add(Request request) {
    if (!geometry.holds(request.piece(), request.begin(), request.length())
        || waiting.size() >= most) {
      return false;
    }
    return waiting.putIfAbsent(offset(request), request) == null;
  }

  /** Takes a request out; {@code false} when it does not wait. */
  boolean remove(Request request) {
    return geometry.holds(request.piece(), request.begin(), request.length())
        && waiting.remove(offset(request), request);
  }

  /** Takes all requests out. */
  List<Request> clear() {
    List<Request> all = List.copyOf(waiting.values());
    waiting.clear();
    return all;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /**
   * Takes out the first run of blocks that is accepted. A run begins with the most urgent block
   * that is in no run before it, and goes on as long as the next block waits too.
   *
   * @param maxBytes of a run, though a run has at least one block
   */
  Optional<BlockRun> take(long maxBytes, Predicate<BlockRun> accepted) {
    Set<Long> passedOver = new HashSet<>();
    for (Map.Entry<Long, Request> entry : waiting.entrySet()) {
      if (passedOver.contains(entry.getKey())) {
        continue;
      }
      BlockRun run = runFrom(entry.getKey(), entry.getValue(), maxBytes);
      if (accepted.test(run)) {
        run.requests().forEach(request -> waiting.remove(offset(request)));
        return Optional.of(run);
      }
      run.requests().forEach(request -> passedOver.add(offset(request)));
    }
    return Optional.empty();
  }

  private BlockRun runFrom(long offset, Request first, long maxBytes) {
    List<Request> requests = new ArrayList<>();
    requests.add(first);
    long bytes = first.length();
    Request next = waiting.get(offset + bytes);
    while (next != null && bytes + next.length() <= maxBytes) {
      requests.add(next);
      bytes += next.length();
      next = waiting.get(offset + bytes);
    }
    return new BlockRun(offset, bytes, requests);
  }

  private long offset(Request request) {
    return geometry.offsetOf(request.piece()) + request.begin();
  }
}

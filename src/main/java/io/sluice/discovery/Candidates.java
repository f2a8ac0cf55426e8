package io.sluice.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The addresses at which peers of one torrent may listen, and which of them to dial next. Holds
 * each address once and never more than its bounds; an address that fails waits longer each time
 * and is given up in the end.
 *
 * <p>Does nothing by itself: whoever dials says how it went. The clock is an argument, in
 * nanoseconds as of {@link System#nanoTime}. Confined to one thread at a time.
 */
public final class Candidates {

  /** Nothing is waited for. */
  public static final long NEVER = Long.MAX_VALUE;

  private final CandidateLimits limits;
  private final RandomGenerator random;
  private final Map<InetSocketAddress, Candidate> byAddress = new LinkedHashMap<>();
  private final Map<InetAddress, Integer> ports = new HashMap<>();
  private int dialling;
  private int connected;
  private boolean privateTorrent;

  public Candidates(CandidateLimits limits, RandomGenerator random) {
    this.limits = limits;
    this.random = random;
  }

  /**
   * Takes what somebody found; what is malformed, over a bound or not for a private torrent is left
   * out.
   */
  public void add(List<InetSocketAddress> addresses, FoundBy by, long nowNanos) {
    if (privateTorrent && by != FoundBy.TRACKER) {
      return;
    }
    forgetGivenUp(nowNanos);
    for (InetSocketAddress address : addresses) {
      if (!address.isUnresolved() && address.getPort() > 0) {
        add(address, by, nowNanos);
      }
    }
  }

  private void add(InetSocketAddress address, FoundBy by, long nowNanos) {
    Candidate known = byAddress.get(address);
    if (known == null && hasRoom(address, by)) {
      known = new Candidate(address, random.nextInt(), nowNanos);
      byAddress.put(address, known);
      ports.merge(address.getAddress(), 1, Integer::sum);
    }
    if (known != null) {
      known.by.add(by);
    }
  }

  private boolean hasRoom(InetSocketAddress address, FoundBy by) {
    if (ports.getOrDefault(address.getAddress(), 0) >= limits.portsPerHost()) {
      return false;
    }
    return byAddress.size() < limits.addresses() || makeRoom(Candidate.rank(by));
  }

  /** Drops the least promising address, if one of that rank promises more. */
  private boolean makeRoom(int rank) {
    Optional<Candidate> worst = inState(Candidate.State.GIVEN_UP).findFirst();
    if (worst.isEmpty()) {
      worst =
          inState(Candidate.State.IDLE)
              .max(Candidate.BEST_FIRST)
              .filter(idle -> idle.failures > 0 || idle.rank() > rank);
    }
    worst.ifPresent(this::remove);
    return worst.isPresent();
  }

  private Stream<Candidate> inState(Candidate.State state) {
    return byAddress.values().stream().filter(candidate -> candidate.state == state);
  }

  private void forgetGivenUp(long nowNanos) {
    inState(Candidate.State.GIVEN_UP)
        .filter(candidate -> candidate.due(nowNanos))
        .toList()
        .forEach(this::remove);
  }

  private void remove(Candidate candidate) {
    leave(candidate);
    byAddress.remove(candidate.address);
    ports.computeIfPresent(
        candidate.address.getAddress(), (_, count) -> count == 1 ? null : count - 1);
  }

  /** The address to dial now, if there is any; its dial counts as under way until it is told. */
  public Optional<InetSocketAddress> next(long nowNanos) {
    Optional<Candidate> best =
        inState(Candidate.State.IDLE)
            .filter(candidate -> candidate.due(nowNanos))
            .min(Candidate.BEST_FIRST);
    best.ifPresent(candidate -> enter(candidate, Candidate.State.DIALLING));
    return best.map(candidate -> candidate.address);
  }

  /** How long until {@link #next} has something, 0 when it has; {@link #NEVER} if it never will. */
  public long untilNextNanos(long nowNanos) {
    return inState(Candidate.State.IDLE)
        .mapToLong(candidate -> Math.max(0, candidate.dueNanos - nowNanos))
        .min()
        .orElse(NEVER);
  }

  /** Hands were shaken. */
  public void connected(InetSocketAddress address, long nowNanos) {
    Candidate candidate = byAddress.get(address);
    if (candidate != null) {
      enter(candidate, Candidate.State.CONNECTED);
      candidate.connectedNanos = nowNanos;
    }
  }

  /** A connection is over. One that did not last is a failure: it was closed for a reason. */
  public void ended(InetSocketAddress address, long nowNanos) {
    Candidate candidate = byAddress.get(address);
    if (candidate == null || candidate.state != Candidate.State.CONNECTED) {
      return;
    }
    if (nowNanos - candidate.connectedNanos < limits.stable().toNanos()) {
      failed(candidate, nowNanos);
      return;
    }
    candidate.failures = 0;
    candidate.proven = true;
    retry(candidate, limits.firstRetry(), nowNanos);
  }

  /** It came to no handshake. */
  public void failed(InetSocketAddress address, long nowNanos) {
    Candidate candidate = byAddress.get(address);
    if (candidate != null) {
      failed(candidate, nowNanos);
    }
  }

  private void failed(Candidate candidate, long nowNanos) {
    candidate.failures++;
    if (candidate.failures >= limits.failures() && !candidate.named()) {
      giveUp(candidate, nowNanos);
      return;
    }
    Duration most = candidate.named() ? limits.maxRetryNamed() : limits.maxRetry();
    int doublings = Math.min(candidate.failures - 1, 20);
    Duration wait = limits.firstRetry().multipliedBy(1L << doublings);
    retry(candidate, wait.compareTo(most) < 0 ? wait : most, nowNanos);
  }

  /** It was not dialled, for a reason that has nothing to do with it. */
  public void postponed(InetSocketAddress address, long nowNanos) {
    Candidate candidate = byAddress.get(address);
    if (candidate != null) {
      retry(candidate, limits.firstRetry(), nowNanos);
    }
  }

  /** There is no use in dialling it: it may not be contacted, or leads back to us. */
  public void hopeless(InetSocketAddress address, long nowNanos) {
    Candidate candidate = byAddress.get(address);
    if (candidate != null) {
      giveUp(candidate, nowNanos);
    }
  }

  private void retry(Candidate candidate, Duration least, long nowNanos) {
    enter(candidate, Candidate.State.IDLE);
    long nanos = least.toNanos();
    candidate.dueNanos = nowNanos + nanos + (long) (nanos * random.nextDouble());
  }

  private void giveUp(Candidate candidate, long nowNanos) {
    enter(candidate, Candidate.State.GIVEN_UP);
    candidate.dueNanos = nowNanos + limits.forget().toNanos();
  }

  /**
   * The torrent is private (BEP 27): forgets what was not found by a tracker of its own, and takes
   * nothing else from now on.
   */
  public void becomePrivate() {
    privateTorrent = true;
    byAddress.values().stream()
        .filter(candidate -> !candidate.by.contains(FoundBy.TRACKER))
        .toList()
        .forEach(this::remove);
  }

  /** Whether this very address is known. */
  public boolean contains(InetSocketAddress address) {
    return byAddress.containsKey(address);
  }

  /** Whether any address of this host is known. */
  public boolean contains(InetAddress host) {
    return ports.containsKey(host);
  }

  /** Dials under way. */
  public int dialling() {
    return dialling;
  }

  /** Connections that we dialled. */
  public int connected() {
    return connected;
  }

  public int size() {
    return byAddress.size();
  }

  private void enter(Candidate candidate, Candidate.State state) {
    leave(candidate);
    candidate.state = state;
    count(state, 1);
  }

  private void leave(Candidate candidate) {
    count(candidate.state, -1);
  }

  private void count(Candidate.State state, int change) {
    if (state == Candidate.State.DIALLING) {
      dialling += change;
    } else if (state == Candidate.State.CONNECTED) {
      connected += change;
    }
  }
}

package io.sluice.transport.tcp;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there are, from where and how far along, and whether one more may be. When
 * all places for those that shake hands are taken, the one that has taken longest over it yields to
 * a newcomer: a crowd that says nothing keeps nobody out.
 *
 * <p>Safe for any thread.
 */
final class Admission {

  /** What one address has at the moment; present only while it has something. */
  private record Tally(int connections, int shaking) {
    static final Tally NOTHING = new Tally(0, 0);
  }

  /** How long nobody has to yield: a peer that means it shakes hands in that time. */
  private static final long GRACE_NANOS = 1_000_000_000L;

  private final TcpLimits limits;
  private final LongSupplier clockNanos;

  // Guarded by this.
  private final ArrivalRates rates;
  private final Map<AddressKey, Tally> inbound = new HashMap<>();
  private final Set<Place> shakingInOrder = new LinkedHashSet<>();
  private int connections;
  private int shaking;
  private int inboundShaking;

  Admission(TcpLimits limits, LongSupplier clockNanos) {
    this.limits = limits;
    this.clockNanos = clockNanos;
    this.rates =
        new ArrivalRates(
            limits.inboundPerSecond(), limits.inboundBurst(), limits.maxRatedAddresses());
  }

  /** A place for a connection from there, unless it is one too many. */
  Optional<Place> inbound(InetAddress from) {
    AddressKey key = AddressKey.of(from);
    Place yields = null;
    Place place = null;
    synchronized (this) {
      long nowNanos = clockNanos.getAsLong();
      if (rates.mayCome(key, nowNanos) && mayHaveMore(key)) {
        yields = inboundShaking >= limits.maxHandshakes() ? yielding(nowNanos) : null;
        if (inboundShaking < limits.maxHandshakes()) {
          place = newcomer(key, nowNanos);
        }
      }
    }
    if (yields != null) {
      yields.onYield.run();
    }
    return Optional.ofNullable(place);
  }

  private boolean mayHaveMore(AddressKey key) {
    Tally tally = inbound.getOrDefault(key, Tally.NOTHING);
    return connections < limits.maxConnections()
        && tally.connections() < limits.maxInboundPerAddress()
        && tally.shaking() < limits.maxHandshakesPerAddress();
  }

  /** Takes the place of the one that has been shaking hands for longest, if that is long. */
  private @Nullable Place yielding(long nowNanos) {
    Place oldest = shakingInOrder.iterator().next();
    if (nowNanos - oldest.sinceNanos < GRACE_NANOS) {
      return null;
    }
    oldest.close();
    return oldest;
  }

  private Place newcomer(AddressKey key, long nowNanos) {
    count(key, 1, 1);
    connections++;
    shaking++;
    inboundShaking++;
    Place place = new Place(key, nowNanos);
    shakingInOrder.add(place);
    return place;
  }

  /** A place for a connection of ours, unless it is one too many. */
  synchronized Optional<Place> outbound() {
    if (connections >= limits.maxConnections()) {
      return Optional.empty();
    }
    connections++;
    shaking++;
    return Optional.of(new Place(null, clockNanos.getAsLong()));
  }

  /** Connections that have not shaken hands, both ways. */
  synchronized int shaking() {
    return shaking;
  }

  /** Connections that have shaken hands, both ways. */
  synchronized int open() {
    return connections - shaking;
  }

  private void leaveShaking(@Nullable AddressKey from) {
    shaking--;
    if (from != null) {
      inboundShaking--;
      count(from, 0, -1);
    }
  }

  private void leave(@Nullable AddressKey from) {
    connections--;
    if (from != null) {
      count(from, -1, 0);
    }
  }

  private void count(AddressKey from, int moreConnections, int moreShaking) {
    inbound.compute(
        from,
        (_, before) -> {
          Tally was = before == null ? Tally.NOTHING : before;
          Tally now = new Tally(was.connections() + moreConnections, was.shaking() + moreShaking);
          return now.equals(Tally.NOTHING) ? null : now;
        });
  }

  /** Leave for one connection, given back when it is closed. */
  final class Place implements AutoCloseable {

    private final @Nullable AddressKey from;
    private final long sinceNanos;
    private volatile Runnable onYield = this::close;
    private boolean hasShaken;
    private boolean left;

    private Place(@Nullable AddressKey from, long sinceNanos) {
      this.from = from;
      this.sinceNanos = sinceNanos;
    }

    /** What is to be done when this place is given to somebody else; at once and on any thread. */
    void whenYielding(Runnable action) {
      onYield = action;
    }

    /** Hands were shaken. */
    void shaken() {
      synchronized (Admission.this) {
        if (!hasShaken && !left) {
          hasShaken = true;
          shakingInOrder.remove(this);
          leaveShaking(from);
        }
      }
    }

    /** The connection is over. */
    @Override
    public void close() {
      synchronized (Admission.this) {
        if (!left) {
          shaken();
          left = true;
          leave(from);
        }
      }
    }
  }
}

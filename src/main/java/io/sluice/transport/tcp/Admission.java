package io.sluice.transport.tcp;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there are, from where and how far along, and whether one more may be.
 *
 * <p>Safe for any thread.
 */
final class Admission {

  /** What one address has at the moment; present only while it has something. */
  private record Tally(int connections, int shaking) {
    static final Tally NOTHING = new Tally(0, 0);
  }

  private final TcpLimits limits;
  private final LongSupplier clockNanos;

  // Guarded by this.
  private final ArrivalRates rates;
  private final Map<AddressKey, Tally> inbound = new HashMap<>();
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
  synchronized Optional<Place> inbound(InetAddress from) {
    AddressKey key = AddressKey.of(from);
    Tally tally = inbound.getOrDefault(key, Tally.NOTHING);
    if (!rates.mayCome(key, clockNanos.getAsLong())
        || connections >= limits.maxConnections()
        || inboundShaking >= limits.maxHandshakes()
        || tally.connections() >= limits.maxInboundPerAddress()
        || tally.shaking() >= limits.maxHandshakesPerAddress()) {
      return Optional.empty();
    }
    inbound.put(key, new Tally(tally.connections() + 1, tally.shaking() + 1));
    connections++;
    shaking++;
    inboundShaking++;
    return Optional.of(new Place(key));
  }

  /** A place for a connection of ours, unless it is one too many. */
  synchronized Optional<Place> outbound() {
    if (connections >= limits.maxConnections()) {
      return Optional.empty();
    }
    connections++;
    shaking++;
    return Optional.of(new Place(null));
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
    private boolean hasShaken;
    private boolean left;

    private Place(@Nullable AddressKey from) {
      this.from = from;
    }

    /** Hands were shaken. */
    void shaken() {
      synchronized (Admission.this) {
        if (!hasShaken && !left) {
          hasShaken = true;
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

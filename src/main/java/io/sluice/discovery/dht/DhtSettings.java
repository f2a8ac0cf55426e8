package io.sluice.discovery.dht;

import io.sluice.discovery.AddressPolicy;
import io.sluice.wire.BString;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How a DHT node is set up; immutable.
 *
 * @param bind where to listen, one address for each socket; the wildcard of IPv6 ({@code ::})
 *     serves both families where the system has both, any other address its own family; port 0
 *     takes a free one. What is sent to goes through the first socket that can reach it.
 * @param bootstrap nodes to join the network through, by host name and port, not resolved; with
 *     none the node answers, and joins through {@link DhtNode#addNode} or those who find it
 * @param names resolves the bootstrap nodes, and says which of their addresses may be used
 * @param policy which addresses may be sent to and reported as peers
 * @param reachableFrom which addresses can reach us. To all others the node only asks and never
 *     answers, says so (BEP 43), and does not announce; like {@code policy} it is asked for every
 *     packet, on the node's thread, so it must be quick, and must not throw
 * @param state what an earlier run knew
 */
public record DhtSettings(
    List<InetSocketAddress> bind,
    List<InetSocketAddress> bootstrap,
    AddressPolicy names,
    Predicate<InetSocketAddress> policy,
    Predicate<InetSocketAddress> reachableFrom,
    DhtState state,
    DhtLimits limits) {

  /** What our messages call this program (BEP 5, BEP 20). */
  static final Optional<BString> VERSION = Optional.of(BString.of(new byte[] {'S', 'L', 1, 0}));

  static final int MAX_BOOTSTRAP = 32;

  public DhtSettings {
    bind = List.copyOf(bind);
    bootstrap = List.copyOf(bootstrap);
    if (bind.isEmpty() || bind.stream().anyMatch(InetSocketAddress::isUnresolved)) {
      throw new IllegalArgumentException("addresses to listen on: " + bind);
    }
    if (bootstrap.size() > MAX_BOOTSTRAP) {
      throw new IllegalArgumentException("more than " + MAX_BOOTSTRAP + " bootstrap nodes");
    }
  }

  /** A node that knows nobody, sends to anybody and answers everybody. */
  public static DhtSettings on(InetSocketAddress... bind) {
    return new DhtSettings(
        List.of(bind),
        List.of(),
        AddressPolicy.of(true),
        _ -> true,
        _ -> true,
        DhtState.EMPTY,
        DhtLimits.DEFAULT);
  }

  public DhtSettings withBootstrap(List<InetSocketAddress> nodes) {
    return new DhtSettings(bind, nodes, names, policy, reachableFrom, state, limits);
  }

  public DhtSettings withNames(AddressPolicy resolver) {
    return new DhtSettings(bind, bootstrap, resolver, policy, reachableFrom, state, limits);
  }

  public DhtSettings withPolicy(Predicate<InetSocketAddress> allowed) {
    return new DhtSettings(bind, bootstrap, names, allowed, reachableFrom, state, limits);
  }

  public DhtSettings withReachableFrom(Predicate<InetSocketAddress> reachable) {
    return new DhtSettings(bind, bootstrap, names, policy, reachable, state, limits);
  }

  public DhtSettings withState(DhtState known) {
    return new DhtSettings(bind, bootstrap, names, policy, reachableFrom, known, limits);
  }

  public DhtSettings withLimits(DhtLimits bounds) {
    return new DhtSettings(bind, bootstrap, names, policy, reachableFrom, state, bounds);
  }
}

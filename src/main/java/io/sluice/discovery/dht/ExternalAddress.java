package io.sluice.discovery.dht;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Our own address as others see it, by vote (BEP 42).
 *
 * <p>A subnet has one vote, its latest, and only the latest votes count, so that the result follows
 * a change of address. An address is elected when enough have voted and more than half of them
 * agree. Confined to the core.
 */
final class ExternalAddress {

  static final int MIN_VOTES = 10;
  static final int MAX_VOTES = 40;

  private final Map<NetKey, InetAddress> votes = new LinkedHashMap<>();
  private Optional<InetAddress> elected = Optional.empty();

  void vote(InetSocketAddress voter, InetAddress seen) {
    NetKey subnet = NetKey.subnet(voter);
    votes.remove(subnet);
    votes.put(subnet, seen);
    if (votes.size() > MAX_VOTES) {
      votes.remove(votes.keySet().iterator().next());
    }
    elect();
  }

  private void elect() {
    Map<InetAddress, Integer> counts = new HashMap<>();
    votes.values().forEach(address -> counts.merge(address, 1, Integer::sum));
    Optional<InetAddress> majority =
        counts.entrySet().stream()
            .filter(entry -> 2 * entry.getValue() > votes.size())
            .map(Map.Entry::getKey)
            .findAny();
    if (votes.size() >= MIN_VOTES && majority.isPresent()) {
      elected = majority;
    }
  }

  /** The last address that was elected. */
  Optional<InetAddress> elected() {
    return elected;
  }
}

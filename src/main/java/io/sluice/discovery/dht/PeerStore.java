package io.sluice.discovery.dht;

import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The peers that others announced to us, by torrent.
 *
 * <p>When a torrent has too many, the one announced longest ago goes; when there are too many
 * torrents, the one with the fewest peers. Confined to the core.
 */
final class PeerStore {

  private final DhtLimits.Store limits;
  private final Map<InfoHash, Map<InetSocketAddress, Long>> torrents = new HashMap<>();

  PeerStore(DhtLimits.Store limits) {
    this.limits = limits;
  }

  /** A peer announced itself. */
  void add(InfoHash infoHash, InetSocketAddress peer, long nowNanos) {
    if (!torrents.containsKey(infoHash) && torrents.size() >= limits.torrents()) {
      torrents.entrySet().stream()
          .min(Comparator.comparingInt(entry -> entry.getValue().size()))
          .map(Map.Entry::getKey)
          .ifPresent(torrents::remove);
    }
    Map<InetSocketAddress, Long> peers =
        torrents.computeIfAbsent(infoHash, _ -> new LinkedHashMap<>());
    peers.remove(peer);
    makeRoom(peers, NetKey.host(peer));
    peers.put(peer, nowNanos);
  }

  /** The order of the map is that of the announcements, oldest first. */
  private void makeRoom(Map<InetSocketAddress, Long> peers, NetKey host) {
    List<InetSocketAddress> ofHost =
        peers.keySet().stream().filter(peer -> NetKey.host(peer).equals(host)).toList();
    if (ofHost.size() >= limits.peersPerHost()) {
      peers.remove(ofHost.getFirst());
    }
    if (peers.size() >= limits.peersPerTorrent()) {
      peers.remove(peers.keySet().iterator().next());
    }
  }

  /** Up to {@code max} peers of one family, at random. */
  List<InetSocketAddress> sample(
      InfoHash infoHash, AddressFamily family, int max, RandomGenerator random) {
    List<InetSocketAddress> peers =
        new ArrayList<>(
            torrents.getOrDefault(infoHash, Map.of()).keySet().stream()
                .filter(peer -> AddressFamily.of(peer) == family)
                .toList());
    for (int i = 0; i < Math.min(max, peers.size()); i++) {
      Collections.swap(peers, i, i + random.nextInt(peers.size() - i));
    }
    return peers.subList(0, Math.min(max, peers.size()));
  }

  /** Forgets peers that have not been announced again in time. */
  void expire(long nowNanos) {
    long age = limits.age().toNanos();
    torrents.values().forEach(peers -> peers.values().removeIf(at -> nowNanos - at >= age));
    torrents.values().removeIf(Map::isEmpty);
  }

  int torrents() {
    return torrents.size();
  }

  int peers() {
    return torrents.values().stream().mapToInt(Map::size).sum();
  }
}

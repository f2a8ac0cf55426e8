package io.sluice.tracker;

import io.sluice.tracker.Outcome.Accepted;
import io.sluice.tracker.Outcome.Delivery;
import io.sluice.tracker.Outcome.Refused;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which peers each torrent has, whatever way they announce themselves. A swarm exists while it has
 * a peer.
 *
 * <p>Does no I/O and has no clock: what is to be sent is returned. Safe for any thread; two
 * announces wait for each other only when they are about the same torrent.
 */
final class SwarmTable {

  /** What the table holds at one moment. */
  record Size(int torrents, int socketPeers, int addressPeers, int complete, int incomplete) {}

  private final TrackerLimits.Swarms limits;
  private final Predicate<InfoHash> known;
  private final Supplier<? extends RandomGenerator> random;
  private final ConcurrentHashMap<InfoHash, TrackedSwarm> swarms = new ConcurrentHashMap<>();
  private final AtomicInteger peers = new AtomicInteger();

  /**
   * @param known which torrents may be announced; asked at every announce, must not block
   * @param random asked for a generator that the calling thread may use
   */
  SwarmTable(
      TrackerLimits.Swarms limits,
      Predicate<InfoHash> known,
      Supplier<? extends RandomGenerator> random) {
    this.limits = limits;
    this.known = known;
    this.random = random;
  }

  /** Adds, renews or removes a peer. */
  Outcome announce(Announce announce, PeerContact contact, long nowNanos) {
    if (!known.test(announce.infoHash())) {
      leave(announce.infoHash(), announce.peerId(), contact);
      return new Refused("unregistered torrent");
    }
    if (announce.event() == Event.STOPPED) {
      leave(announce.infoHash(), announce.peerId(), contact);
      TrackedSwarm swarm = swarms.get(announce.infoHash());
      return swarm == null ? new Accepted(0, 0, List.of(), List.of()) : swarm.left();
    }
    Turn turn = new Turn(announce, contact, nowNanos);
    swarms.compute(announce.infoHash(), turn::take);
    return turn.outcome();
  }

  /** One announce, while nobody else can change the torrent's swarm. */
  private final class Turn {
    private final Announce announce;
    private final PeerContact contact;
    private final long nowNanos;
    private @Nullable Outcome outcome;

    Turn(Announce announce, PeerContact contact, long nowNanos) {
      this.announce = announce;
      this.contact = contact;
      this.nowNanos = nowNanos;
    }

    @Nullable TrackedSwarm take(InfoHash infoHash, @Nullable TrackedSwarm found) {
      Optional<String> refusal = refusal(found);
      if (refusal.isPresent()) {
        outcome = new Refused(refusal.get());
        return found;
      }
      TrackedSwarm swarm = found == null ? new TrackedSwarm(infoHash, limits) : found;
      int before = swarm.size();
      outcome = swarm.announce(announce, contact, nowNanos, random.get());
      peers.addAndGet(swarm.size() - before);
      return swarm;
    }

    private Optional<String> refusal(@Nullable TrackedSwarm swarm) {
      if (swarm != null && swarm.has(announce, contact)) {
        return Optional.empty();
      }
      if (swarm == null && swarms.mappingCount() >= limits.torrents()) {
        return Optional.of("the tracker has no room for more torrents");
      }
      if (swarm != null && swarm.size() >= limits.peersPerTorrent()) {
        return Optional.of("the torrent has no room for more peers");
      }
      if (swarm != null
          && contact instanceof PeerContact.ByAddress(var address)
          && swarm.isCrowded(address.getAddress())) {
        return Optional.of("too many peers at your address");
      }
      return peers.get() >= limits.peers()
          ? Optional.of("the tracker has no room for more peers")
          : Optional.empty();
    }

    Outcome outcome() {
      if (outcome == null) {
        throw new AssertionError("the turn was not taken");
      }
      return outcome;
    }
  }

  /** An answer on its way to whom it is for; empty when nobody waits for it. */
  Optional<Delivery> answer(Answer answer, long nowNanos) {
    TrackedSwarm swarm = swarms.get(answer.infoHash());
    return swarm == null ? Optional.empty() : swarm.answer(answer, nowNanos);
  }

  /** Removes a peer, unless it is there by another socket or address by now. */
  void leave(InfoHash infoHash, PeerId peerId, PeerContact contact) {
    TrackedPeer.Key key = new TrackedPeer.Key(peerId, contact.reachedBy());
    shrink(infoHash, swarm -> swarm.leave(key, contact));
  }

  /** Forgets peers by address that have been silent for too long. */
  void expire(long nowNanos) {
    long sinceNanos = nowNanos - limits.addressLife().toNanos();
    for (InfoHash infoHash : swarms.keySet()) {
      shrink(infoHash, swarm -> swarm.expire(sinceNanos));
    }
  }

  private void shrink(InfoHash infoHash, Consumer<TrackedSwarm> change) {
    swarms.computeIfPresent(
        infoHash,
        (_, swarm) -> {
          int before = swarm.size();
          change.accept(swarm);
          peers.addAndGet(swarm.size() - before);
          return swarm.size() == 0 ? null : swarm;
        });
  }

  /** Counts of torrents, zero for those that are not here. */
  Map<InfoHash, Counts> scrape(Collection<InfoHash> infoHashes) {
    Map<InfoHash, Counts> files = new LinkedHashMap<>();
    for (InfoHash infoHash : infoHashes) {
      if (files.size() >= limits.scraped()) {
        break;
      }
      TrackedSwarm swarm = swarms.get(infoHash);
      files.put(infoHash, swarm == null ? new Counts(0, 0, 0) : swarm.counts());
    }
    return files;
  }

  /** Shows every peer, once for each torrent; takes time in proportion to their number. */
  void forEach(Consumer<TrackedPeer> visitor) {
    swarms.values().forEach(swarm -> swarm.forEach(visitor));
  }

  /** Counts everything; takes time in proportion to the number of torrents. */
  Size size() {
    int torrents = 0;
    int socketPeers = 0;
    int complete = 0;
    int incomplete = 0;
    for (TrackedSwarm swarm : swarms.values()) {
      Counts counts = swarm.counts();
      torrents++;
      socketPeers += swarm.socketPeers();
      complete += counts.complete();
      incomplete += counts.incomplete();
    }
    return new Size(
        torrents, socketPeers, complete + incomplete - socketPeers, complete, incomplete);
  }
}

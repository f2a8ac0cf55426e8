package io.sluice.tracker;

import io.sluice.tracker.Outcome.Accepted;
import io.sluice.tracker.Outcome.Delivery;
import io.sluice.tracker.PeerContact.ByAddress;
import io.sluice.tracker.PeerContact.BySocket;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The peers of one torrent. A peer stands in exactly one of six bags: complete or not, reached by
 * its socket or by its address of either family.
 *
 * <p>Safe for any thread: every method holds the swarm's lock, briefly.
 */
final class TrackedSwarm {

  private final InfoHash infoHash;
  private final TrackerLimits.Swarms limits;
  private final Map<TrackedPeer.Key, TrackedPeer> peers = new HashMap<>();
  private final Crowd bySocket = new Crowd();
  private final Crowd ipv4 = new Crowd();
  private final Crowd ipv6 = new Crowd();

  /** How many peers there are at each address, or rather subscriber. */
  private final Map<InetAddress, Integer> atAddress = new HashMap<>();

  private int downloaded;

  /** Peers that can be told of each other. */
  private static final class Crowd {
    final PeerBag complete = new PeerBag();
    final PeerBag incomplete = new PeerBag();

    PeerBag of(TrackedPeer peer) {
      return peer.complete ? complete : incomplete;
    }

    int size() {
      return complete.size() + incomplete.size();
    }
  }

  TrackedSwarm(InfoHash infoHash, TrackerLimits.Swarms limits) {
    this.infoHash = infoHash;
    this.limits = limits;
  }

  synchronized int size() {
    return peers.size();
  }

  synchronized Counts counts() {
    return new Counts(
        bySocket.complete.size() + ipv4.complete.size() + ipv6.complete.size(),
        bySocket.incomplete.size() + ipv4.incomplete.size() + ipv6.incomplete.size(),
        downloaded);
  }

  synchronized int socketPeers() {
    return bySocket.size();
  }

  synchronized boolean has(Announce announce, PeerContact contact) {
    return peers.containsKey(key(announce, contact));
  }

  /** Whether there are as many peers at this address as there may be. */
  synchronized boolean isCrowded(InetAddress address) {
    return atAddress.getOrDefault(SocketAdmission.subscriber(address), 0)
        >= limits.peersPerAddress();
  }

  /** Shows every peer of the swarm, each with its id and whether it is complete. */
  synchronized void forEach(Consumer<TrackedPeer> visitor) {
    peers.values().forEach(visitor);
  }

  /** Adds or renews a peer and finds it others. There must be room for it. */
  synchronized Accepted announce(
      Announce announce, PeerContact contact, long nowNanos, RandomGenerator random) {
    TrackedPeer peer = renew(announce, contact, nowNanos);
    return switch (contact) {
      case BySocket _ -> accepted(pass(announce, peer, nowNanos, random), List.of());
      case ByAddress _ -> accepted(List.of(), addresses(announce, peer, random));
    };
  }

  /** Removes a peer, unless it is there by another socket or address by now. */
  synchronized void leave(TrackedPeer.Key key, PeerContact contact) {
    TrackedPeer peer = peers.get(key);
    if (peer != null && peer.contact.isSame(contact)) {
      peers.remove(key);
      forget(peer);
    }
  }

  synchronized Accepted left() {
    return accepted(List.of(), List.of());
  }

  /** An answer on its way to whom it is for; empty when nobody waits for it. */
  synchronized Optional<Delivery> answer(Answer answer, long nowNanos) {
    @Nullable TrackedPeer offerer = peers.get(new TrackedPeer.Key(answer.to(), BySocket.class));
    if (offerer == null
        || !(offerer.contact instanceof BySocket(var outlet))
        || !offerer.openOffers.answeredBy(answer.offerId(), answer.peerId(), nowNanos)) {
      return Optional.empty();
    }
    return Optional.of(
        new Delivery(
            outlet, new RelayedAnswer(infoHash, answer.peerId(), answer.offerId(), answer.sdp())));
  }

  /** Forgets the peers by address that have been silent since {@code sinceNanos}. */
  synchronized void expire(long sinceNanos) {
    Iterator<TrackedPeer> all = peers.values().iterator();
    while (all.hasNext()) {
      TrackedPeer peer = all.next();
      if (peer.contact instanceof ByAddress && peer.announcedNanos - sinceNanos < 0) {
        all.remove();
        forget(peer);
      }
    }
  }

  private void forget(TrackedPeer peer) {
    crowd(peer).of(peer).remove(peer);
    if (peer.contact instanceof ByAddress(var address)) {
      atAddress.computeIfPresent(
          SocketAdmission.subscriber(address.getAddress()),
          (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
  }

  static TrackedPeer.Key key(Announce announce, PeerContact contact) {
    return new TrackedPeer.Key(announce.peerId(), contact.reachedBy());
  }

  private TrackedPeer renew(Announce announce, PeerContact contact, long nowNanos) {
    boolean completed = announce.event() == Event.COMPLETED;
    boolean complete = completed || announce.left().orElse(Long.MAX_VALUE) == 0;
    TrackedPeer peer = peers.get(key(announce, contact));
    if (completed && (peer == null || !peer.complete)) {
      downloaded++;
    }
    if (peer == null) {
      peer = new TrackedPeer(key(announce, contact), contact, new OpenOffers(limits.openOffers()));
      peers.put(peer.key, peer);
      if (contact instanceof ByAddress(var address)) {
        atAddress.merge(SocketAdmission.subscriber(address.getAddress()), 1, Integer::sum);
      }
    } else {
      crowd(peer).of(peer).remove(peer);
    }
    // The newest socket is the one that works: whoever reconnects is often faster than the
    // news that the old connection is dead.
    peer.contact = contact;
    peer.complete = complete;
    peer.announcedNanos = nowNanos;
    crowd(peer).of(peer).add(peer);
    return peer;
  }

  private List<Delivery> pass(
      Announce announce, TrackedPeer peer, long nowNanos, RandomGenerator random) {
    List<Offer> offers = announce.offers();
    int wanted = Math.min(offers.size(), limits.offersPerAnnounce());
    List<Delivery> deliveries = new ArrayList<>(wanted);
    Partners partners = new Partners(bySocket, peer, random);
    while (deliveries.size() < wanted && partners.remaining() > 0) {
      TrackedPeer partner = partners.next();
      if (partner != peer
          && partner.contact instanceof BySocket(var outlet)
          && !outlet.congested()) {
        Offer offer = offers.get(deliveries.size());
        peer.openOffers.add(
            offer.offerId(), partner.key.peerId(), nowNanos + limits.offerLife().toNanos());
        deliveries.add(new Delivery(outlet, new RelayedOffer(infoHash, announce.peerId(), offer)));
      }
    }
    return deliveries;
  }

  private List<Peer> addresses(Announce announce, TrackedPeer peer, RandomGenerator random) {
    int wanted =
        Math.min(announce.wanted().orElse(limits.addressesWanted()), limits.addressesGiven());
    Crowd own = crowd(peer);
    List<Peer> addresses = new ArrayList<>();
    draw(own, peer, wanted, random, addresses);
    draw(own == ipv4 ? ipv6 : ipv4, peer, wanted, random, addresses);
    return addresses;
  }

  private static void draw(
      Crowd crowd, TrackedPeer peer, int wanted, RandomGenerator random, List<Peer> addresses) {
    Partners partners = new Partners(crowd, peer, random);
    for (int given = 0; given < wanted && partners.remaining() > 0; ) {
      TrackedPeer partner = partners.next();
      // One that cannot be dialled is counted and not listed.
      if (partner != peer
          && partner.contact instanceof ByAddress(var address)
          && address.getPort() != 0) {
        addresses.add(new Peer(Optional.of(partner.key.peerId()), address));
        given++;
      }
    }
  }

  private Accepted accepted(List<Delivery> deliveries, List<Peer> addresses) {
    Counts counts = counts();
    return new Accepted(counts.complete(), counts.incomplete(), deliveries, addresses);
  }

  private Crowd crowd(TrackedPeer peer) {
    return switch (peer.contact) {
      case BySocket _ -> bySocket;
      case ByAddress(var address) -> address.getAddress() instanceof Inet4Address ? ipv4 : ipv6;
    };
  }

  /**
   * Draws partners for a peer: anybody for a peer that lacks something. One that lacks nothing has
   * no use for another one like it, so it gets those only while there is nobody else.
   */
  private static final class Partners {
    private final PeerBag.Draw incomplete;
    private final PeerBag.Draw complete;
    private final boolean onlyIncomplete;
    private final RandomGenerator random;

    Partners(Crowd crowd, TrackedPeer peer, RandomGenerator random) {
      incomplete = crowd.incomplete.draw(random);
      complete = crowd.complete.draw(random);
      onlyIncomplete = peer.complete && crowd.incomplete.size() > 0;
      this.random = random;
    }

    int remaining() {
      return incomplete.remaining() + (onlyIncomplete ? 0 : complete.remaining());
    }

    TrackedPeer next() {
      return random.nextInt(remaining()) < incomplete.remaining()
          ? incomplete.next()
          : complete.next();
    }
  }
}

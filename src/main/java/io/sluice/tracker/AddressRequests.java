package io.sluice.tracker;

import io.sluice.tracker.Outcome.Accepted;
import io.sluice.tracker.Outcome.Refused;
import io.sluice.wire.AddressReply;
import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Event;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Announces and scrapes of peers that dial and are dialled, over HTTP or UDP: they are told of each
 * other, and of our own gateway, but not of peers that are there by a WebSocket, whom they could
 * not reach.
 *
 * <p>Safe for any thread.
 */
final class AddressRequests {

  static final String TOO_MANY = "too many requests from your address";

  private final SwarmTable table;
  private final TrackedTorrents torrents;
  private final TrackerLimits limits;
  private final TrackerTotals totals;
  private final RequestRates rates;
  private final LongSupplier nanoTime;

  AddressRequests(
      SwarmTable table,
      TrackedTorrents torrents,
      TrackerLimits limits,
      TrackerTotals totals,
      LongSupplier nanoTime) {
    this.table = table;
    this.torrents = torrents;
    this.limits = limits;
    this.totals = totals;
    this.nanoTime = nanoTime;
    rates = new RequestRates(limits.requests());
  }

  /** Whether this address has not asked too often. */
  boolean admits(InetAddress from) {
    boolean admitted = rates.admits(from, nanoTime.getAsLong());
    if (!admitted) {
      totals.limited.increment();
    }
    return admitted;
  }

  /**
   * Adds, renews or removes a peer.
   *
   * @param peer where the request came from, with the port that it names
   * @param reached the address of ours that the request came to
   */
  AddressReply announce(Announce announce, InetSocketAddress peer, Supplier<InetAddress> reached) {
    totals.announces.increment();
    PeerContact contact = new PeerContact.ByAddress(peer);
    return switch (table.announce(announce, contact, nanoTime.getAsLong())) {
      case Refused(String reason) -> {
        totals.refused.increment();
        yield new Failure(reason);
      }
      case Accepted accepted ->
          new Announced(
              OptionalInt.of((int) limits.requests().interval().toSeconds()),
              OptionalInt.empty(),
              OptionalInt.of(accepted.complete()),
              OptionalInt.of(accepted.incomplete()),
              peers(announce, accepted.addresses(), peer, reached),
              Optional.empty(),
              Optional.empty(),
              Optional.of(peer.getAddress()));
    };
  }

  private List<Peer> peers(
      Announce announce, List<Peer> others, InetSocketAddress peer, Supplier<InetAddress> reached) {
    int port = torrents.peerPort(announce.infoHash());
    if (port == 0
        || announce.event() == Event.STOPPED
        || announce.wanted().orElse(Integer.MAX_VALUE) == 0) {
      return others;
    }
    InetSocketAddress gateway = new InetSocketAddress(reached.get(), port);
    if (gateway.equals(peer)) {
      return others;
    }
    List<Peer> all = new ArrayList<>(others.size() + 1);
    all.add(new Peer(Optional.empty(), gateway));
    others.stream().filter(other -> !other.address().equals(gateway)).forEach(all::add);
    return all;
  }

  /** Counts of torrents, zero for those that are not here. */
  Scraped scrape(List<InfoHash> infoHashes) {
    totals.scrapes.increment();
    return new Scraped(table.scrape(infoHashes));
  }
}

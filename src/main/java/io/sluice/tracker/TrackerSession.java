package io.sluice.tracker;

import io.sluice.tracker.Outcome.Accepted;
import io.sluice.tracker.Outcome.Delivery;
import io.sluice.tracker.Outcome.Refused;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.Scrape;
import io.sluice.wire.TrackerMessage.Scraped;
import io.sluice.wire.WireException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * What one WebSocket says and hears: which torrents it is there for, and as which peer.
 *
 * <p>Every message that a client can read has an action and an infohash, holds whole numbers and no
 * {@code null}: the dialect that webtorrent, libtorrent and anacrolix/torrent all accept. Confined
 * to one thread.
 */
final class TrackerSession {

  /** Whether the socket may go on. */
  enum Verdict {
    GO_ON,
    CLOSE
  }

  private final SwarmTable table;
  private final TrackerLimits limits;
  private final TrackerTotals totals;
  private final PeerOutlet outlet;
  private final PeerContact contact;
  private final LongSupplier nanoTime;
  private final Map<InfoHash, PeerId> joined = new HashMap<>();
  private int malformed;

  TrackerSession(
      SwarmTable table,
      TrackerLimits limits,
      TrackerTotals totals,
      PeerOutlet outlet,
      LongSupplier nanoTime) {
    this.table = table;
    this.limits = limits;
    this.totals = totals;
    this.outlet = outlet;
    contact = new PeerContact.BySocket(outlet);
    this.nanoTime = nanoTime;
  }

  /** Whether the socket is there for no torrent. */
  boolean idle() {
    return joined.isEmpty();
  }

  /** Takes one whole WebSocket message. */
  Verdict receive(byte[] utf8) {
    try {
      switch (TrackerCodec.decodeToTracker(utf8)) {
        case Announce announce -> announce(announce);
        case Answer answer -> answer(answer);
        case Scrape scrape -> scrape(scrape);
      }
      return Verdict.GO_ON;
    } catch (WireException unreadable) {
      return malformed(unreadable);
    }
  }

  /** The socket is gone: so are its peers. */
  void closed() {
    joined.forEach((infoHash, peerId) -> table.leave(infoHash, peerId, contact));
    joined.clear();
  }

  private void announce(Announce announce) {
    totals.announces.increment();
    Optional<String> refusal = refusal(announce);
    if (refusal.isPresent()) {
      refuse(announce.infoHash(), refusal.get());
      return;
    }
    switch (table.announce(announce, contact, nanoTime.getAsLong())) {
      case Refused(String reason) -> {
        joined.remove(announce.infoHash());
        refuse(announce.infoHash(), reason);
      }
      case Accepted accepted -> accept(announce, accepted);
    }
  }

  private Optional<String> refusal(Announce announce) {
    PeerId before = joined.get(announce.infoHash());
    if (before == null) {
      return joined.size() >= limits.swarms().torrentsPerSocket()
          ? Optional.of("too many torrents on one connection")
          : Optional.empty();
    }
    return before.equals(announce.peerId())
        ? Optional.empty()
        : Optional.of("one peer id for each torrent of a connection");
  }

  private void refuse(InfoHash infoHash, String reason) {
    totals.refused.increment();
    outlet.send(new Failure(Optional.of(infoHash), reason));
  }

  private void accept(Announce announce, Accepted accepted) {
    if (announce.event() == Event.STOPPED) {
      joined.remove(announce.infoHash());
    } else {
      joined.put(announce.infoHash(), announce.peerId());
    }
    outlet.send(
        new Announced(
            announce.infoHash(),
            (int) limits.swarms().interval().toSeconds(),
            accepted.complete(),
            accepted.incomplete()));
    totals.offers.add(accepted.deliveries().size());
    for (Delivery delivery : accepted.deliveries()) {
      delivery.to().send(delivery.message());
    }
  }

  private void answer(Answer answer) {
    // An answer to a peer that is gone is nobody's mistake: there is nothing to say.
    table
        .answer(answer, nanoTime.getAsLong())
        .ifPresent(
            delivery -> {
              totals.answers.increment();
              delivery.to().send(delivery.message());
            });
  }

  /** Without an infohash, as some clients ask, the torrents of this socket are meant. */
  private void scrape(Scrape scrape) {
    Collection<InfoHash> asked =
        scrape.infoHashes().isEmpty() ? joined.keySet() : scrape.infoHashes();
    outlet.send(new Scraped(table.scrape(asked), OptionalInt.empty()));
  }

  private Verdict malformed(WireException unreadable) {
    totals.malformed.increment();
    if (malformed++ == 0) {
      outlet.send(new Failure(Optional.empty(), Objects.toString(unreadable.getMessage())));
    }
    return malformed >= limits.sockets().malformedMessages() ? Verdict.CLOSE : Verdict.GO_ON;
  }
}

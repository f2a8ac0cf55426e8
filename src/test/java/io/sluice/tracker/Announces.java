package io.sluice.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Announces, answers and their parts, made from small numbers. */
final class Announces {

  private Announces() {}

  static InfoHash torrent(int number) {
    return InfoHash.of("torrent-%012d".formatted(number).getBytes(ISO_8859_1));
  }

  static PeerId peer(int number) {
    return PeerId.of("-SL0100-%012d".formatted(number).getBytes(ISO_8859_1));
  }

  /** The id of the {@code index}-th offer of a peer. */
  static String offerId(int peer, int index) {
    return "offer-%08d-%05d".formatted(peer, index);
  }

  static List<Offer> offers(int peer, int count) {
    return IntStream.range(0, count)
        .mapToObj(index -> new Offer(offerId(peer, index), "offer of " + peer + "/" + index))
        .toList();
  }

  /** An announce of a peer that lacks {@code left} bytes, with {@code offers} offers. */
  static Announce announce(int torrent, int peer, long left, Event event, int offers) {
    return new Announce(
        torrent(torrent),
        peer(peer),
        0,
        0,
        OptionalLong.of(left),
        event,
        OptionalInt.of(offers),
        offers(peer, offers),
        Optional.empty());
  }

  static Announce started(int torrent, int peer, long left, int offers) {
    return announce(torrent, peer, left, Event.STARTED, offers);
  }

  static Answer answer(int torrent, int from, int to, String offerId) {
    return new Answer(
        torrent(torrent),
        peer(from),
        peer(to),
        offerId,
        "answer of " + from,
        OptionalLong.empty(),
        Optional.empty());
  }
}

package io.sluice.tracker;

import static io.sluice.tracker.Announces.answer;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.torrent;

import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.ToClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Peers that answer each offer they get, and note what should not have come to them. Peer N is of
 * torrent N modulo the number of torrents. Safe for any thread.
 */
final class Crowd {

  private final int torrents;

  /** Replies to announces. */
  final AtomicInteger announced = new AtomicInteger();

  /** Offers that came to somebody, and those whose answer came back, by their ids. */
  final Set<String> offered = ConcurrentHashMap.newKeySet();

  final Set<String> answered = ConcurrentHashMap.newKeySet();
  final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();

  Crowd(int torrents) {
    this.torrents = torrents;
  }

  int torrentOf(int number) {
    return number % torrents;
  }

  /** What a peer does with what it hears. */
  void hear(RawClient client, int number, ToClient message) {
    int torrent = torrentOf(number);
    switch (message) {
      case Announced _ -> announced.incrementAndGet();
      case RelayedOffer(var infoHash, var from, var offer) -> {
        int offerer = Integer.parseInt(offer.offerId().substring(6, 14));
        check(infoHash.equals(torrent(torrent)), "an offer of another torrent");
        check(from.equals(peer(offerer)) && offerer != number, "an offer of somebody else");
        check(offered.add(offer.offerId()), "an offer passed on twice");
        client.say(answer(torrent, number, offerer, offer.offerId()));
      }
      case RelayedAnswer(var infoHash, var from, var offerId, var sdp) -> {
        check(infoHash.equals(torrent(torrent)), "an answer of another torrent");
        check(Integer.parseInt(offerId.substring(6, 14)) == number, "an answer for somebody else");
        check(answered.add(offerId), "a second answer");
        int answerer = Integer.parseInt(sdp.substring("answer of ".length()));
        check(from.equals(peer(answerer)), "an answer of somebody else");
      }
      default -> mistakes.add("heard " + message);
    }
  }

  private void check(boolean right, String mistake) {
    if (!right) {
      mistakes.add(mistake);
    }
  }
}

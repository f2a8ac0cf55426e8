package io.sluice.tracker;

import static io.sluice.tracker.Announces.answer;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.started;
import static io.sluice.tracker.Announces.torrent;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.ToClient;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Hundreds of sockets that all announce and answer at the same time. */
final class CrowdTest {

  private static final int PEERS = 250;
  private static final int TORRENTS = 4;
  private static final int OFFERS = 5;

  private final Set<String> answered = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger announced = new AtomicInteger();

  /** What a peer does with what it hears; every mistake is noted. */
  private void hear(RawClient client, int number, ToClient message) {
    int torrent = number % TORRENTS;
    switch (message) {
      case Announced _ -> announced.incrementAndGet();
      case RelayedOffer(var infoHash, var from, var offer) -> {
        int offerer = Integer.parseInt(offer.offerId().substring(6, 14));
        check(infoHash.equals(torrent(torrent)), "an offer of another torrent");
        check(from.equals(peer(offerer)) && offerer != number, "an offer of somebody else");
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

  @Test
  void everyOfferIsAnsweredOnceByWhoeverGotIt() {
    Vertx vertx = Vertx.vertx();
    try (TrackerServer server = new TrackerServer(vertx, TrackerLimits.DEFAULT)) {
      List<CompletableFuture<RawClient>> connecting = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        int number = i;
        connecting.add(
            RawClient.open(vertx, server, (client, message) -> hear(client, number, message)));
      }
      List<RawClient> clients = connecting.stream().map(CompletableFuture::join).toList();
      for (int number = 0; number < PEERS; number++) {
        clients
            .get(number)
            .say(started(number % TORRENTS, number, number % 10 == 0 ? 0 : 5, OFFERS));
      }
      await()
          .atMost(60, SECONDS)
          .until(
              () -> {
                TrackerStats stats = server.tracker.stats();
                return announced.get() == PEERS
                    && stats.offers() == stats.answers()
                    && answered.size() == stats.answers();
              });
      assertThat(mistakes).isEmpty();
      // The first few of each torrent find fewer peers than they have offers for.
      assertThat(answered.size()).isBetween(PEERS * OFFERS - 20 * TORRENTS, PEERS * OFFERS);
      assertThat(server.tracker.stats().complete()).isEqualTo(PEERS / 10);
      clients.forEach(RawClient::close);
      await().atMost(30, SECONDS).until(() -> server.tracker.stats().torrents() == 0);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}

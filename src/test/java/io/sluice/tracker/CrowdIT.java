package io.sluice.tracker;

import static io.sluice.tracker.Announces.answer;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.torrent;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.ToClient;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two thousand peers that announce and answer for a minute. */
final class CrowdIT {

  private static final int PEERS = 2_000;
  private static final int TORRENTS = 20;
  private static final int OFFERS = 3;
  private static final Duration DURATION = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> answered = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger said = new AtomicInteger();
  private final AtomicInteger heard = new AtomicInteger();
  private final AtomicInteger offers = new AtomicInteger();

  /** What a peer does with what it hears; every mistake is noted. */
  private void hear(RawClient client, int number, ToClient message) {
    int torrent = number % TORRENTS;
    switch (message) {
      case Announced _ -> heard.incrementAndGet();
      case RelayedOffer(var infoHash, var from, var offer) -> {
        int offerer = Integer.parseInt(offer.offerId().substring(6, 14));
        check(infoHash.equals(torrent(torrent)), "an offer of another torrent");
        check(from.equals(peer(offerer)) && offerer != number, "an offer of somebody else");
        check(asked.add(offer.offerId()), "an offer passed on twice");
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

  private void announce(RawClient client, int number, int round) {
    List<Offer> made = new ArrayList<>();
    for (int i = 0; i < OFFERS; i++) {
      made.add(new Offer(Announces.offerId(number, round * OFFERS + i), "an offer of " + number));
    }
    said.incrementAndGet();
    offers.addAndGet(OFFERS);
    client.say(
        new Announce(
            torrent(number % TORRENTS),
            peer(number),
            0,
            0,
            OptionalLong.of(number % 10 == 0 ? 0 : 5),
            round == 0 ? Event.STARTED : Event.UPDATE,
            OptionalInt.of(OFFERS),
            made,
            Optional.empty()));
  }

  @Test
  void everyOfferAndEveryAnswerGoesToTheRightPeer() throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    TrackerLimits limits = TestLimits.with(limit -> limit.socketsPerAddress = PEERS);
    try (TrackerServer server = new TrackerServer(vertx, limits);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        int number = i;
        clients.add(
            RawClient.open(vertx, server, (client, message) -> hear(client, number, message))
                .join());
      }
      long endNanos = System.nanoTime() + DURATION.toNanos();
      long stepNanos = INTERVAL.toNanos() / PEERS;
      AtomicInteger next = new AtomicInteger();
      var _ =
          clock.scheduleAtFixedRate(
              () -> {
                int turn = next.getAndIncrement();
                if (System.nanoTime() < endNanos) {
                  announce(clients.get(turn % PEERS), turn % PEERS, turn / PEERS);
                } else {
                  clock.shutdown();
                }
              },
              0,
              stepNanos,
              TimeUnit.NANOSECONDS);
      assertThat(clock.awaitTermination(10, TimeUnit.MINUTES)).isTrue();
      await()
          .atMost(60, SECONDS)
          .until(() -> heard.get() == said.get() && answered.size() == asked.size());
      assertThat(mistakes).isEmpty();
      TrackerStats stats = server.tracker.stats();
      assertThat(stats.sockets()).isEqualTo(PEERS);
      assertThat(stats.socketPeers()).isEqualTo(PEERS);
      assertThat(stats.offers()).isEqualTo(asked.size());
      assertThat(stats.answers()).isEqualTo(answered.size());
      // All but those of the first peers of each torrent, who find too few others.
      assertThat(said.get()).isGreaterThan(2 * PEERS);
      assertThat(asked.size()).isGreaterThan(offers.get() * 9 / 10);
      System.out.printf(
          "%d peers in %d s: %d announces, %d offers and as many answers, all where they belong%n",
          PEERS, DURATION.toSeconds(), said.get(), asked.size());
      clients.forEach(RawClient::close);
      await().atMost(60, SECONDS).until(() -> server.tracker.stats().torrents() == 0);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}

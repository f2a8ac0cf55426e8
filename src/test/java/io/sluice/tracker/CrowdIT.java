package io.sluice.tracker;

import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.torrent;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Offer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
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

  private final Crowd crowd = new Crowd(TORRENTS);
  private final AtomicInteger said = new AtomicInteger();
  private final AtomicInteger offers = new AtomicInteger();

  private void announce(RawClient client, int number, int round) {
    List<Offer> made = new ArrayList<>();
    for (int i = 0; i < OFFERS; i++) {
      made.add(new Offer(Announces.offerId(number, round * OFFERS + i), "an offer of " + number));
    }
    said.incrementAndGet();
    offers.addAndGet(OFFERS);
    client.say(
        new Announce(
            torrent(crowd.torrentOf(number)),
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
            RawClient.open(vertx, server, (client, message) -> crowd.hear(client, number, message))
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
          .until(
              () ->
                  crowd.announced.get() == said.get()
                      && crowd.answered.size() == crowd.offered.size());
      assertThat(crowd.mistakes).isEmpty();
      TrackerStats stats = server.tracker.stats();
      assertThat(stats.sockets()).isEqualTo(PEERS);
      assertThat(stats.socketPeers()).isEqualTo(PEERS);
      assertThat(stats.offers()).isEqualTo(crowd.offered.size());
      assertThat(stats.answers()).isEqualTo(crowd.answered.size());
      // All but those of the first peers of each torrent, who find too few others.
      assertThat(said.get()).isGreaterThan(2 * PEERS);
      assertThat(crowd.offered.size()).isGreaterThan(offers.get() * 9 / 10);
      System.out.printf(
          "%d peers in %d s: %d announces, %d offers and as many answers, all where they belong%n",
          PEERS, DURATION.toSeconds(), said.get(), crowd.offered.size());
      clients.forEach(RawClient::close);
      await().atMost(60, SECONDS).until(() -> server.tracker.stats().torrents() == 0);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}

package io.sluice.tracker;

import static io.sluice.tracker.Announces.started;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Hundreds of sockets that all announce and answer at the same time. */
final class CrowdTest {

  private static final int PEERS = 250;
  private static final int TORRENTS = 4;
  private static final int OFFERS = 5;

  private final Crowd crowd = new Crowd(TORRENTS);

  @Test
  void everyOfferIsAnsweredOnceByWhoeverGotIt() {
    Vertx vertx = Vertx.vertx();
    try (TrackerServer server = new TrackerServer(vertx, TrackerLimits.DEFAULT)) {
      List<CompletableFuture<RawClient>> connecting = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        int number = i;
        connecting.add(
            RawClient.open(
                vertx, server, (client, message) -> crowd.hear(client, number, message)));
      }
      List<RawClient> clients = connecting.stream().map(CompletableFuture::join).toList();
      for (int number = 0; number < PEERS; number++) {
        clients
            .get(number)
            .say(started(crowd.torrentOf(number), number, number % 10 == 0 ? 0 : 5, OFFERS));
      }
      await()
          .atMost(60, SECONDS)
          .until(
              () -> {
                TrackerStats stats = server.tracker.stats();
                return crowd.announced.get() == PEERS
                    && stats.offers() == stats.answers()
                    && crowd.answered.size() == stats.answers();
              });
      assertThat(crowd.mistakes).isEmpty();
      // The first few of each torrent find fewer peers than they have offers for.
      assertThat(crowd.answered.size()).isBetween(PEERS * OFFERS - 20 * TORRENTS, PEERS * OFFERS);
      assertThat(server.tracker.stats().complete()).isEqualTo(PEERS / 10);
      clients.forEach(RawClient::close);
      await().atMost(30, SECONDS).until(() -> server.tracker.stats().torrents() == 0);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}

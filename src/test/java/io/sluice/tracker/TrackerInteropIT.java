package io.sluice.tracker;

import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.torrent;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.AnnounceStats;
import io.sluice.discovery.AnnouncedTorrent;
import io.sluice.discovery.FakeOffers;
import io.sluice.discovery.TestLimits;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerClients;
import io.sluice.peers.Media;
import io.sluice.peers.NodePeer;
import io.sluice.peers.Place;
import io.sluice.testing.TrackerStatuses;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our tracker and our tracker client with those of webtorrent's makers. */
final class TrackerInteropIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void webtorrentMeetsThroughOurTracker(@TempDir Path out) {
    Path content = Media.random(2 * Media.MIB, 71);
    Vertx vertx = Vertx.vertx();
    try (TrackerServer server = new TrackerServer(vertx, TrackerLimits.DEFAULT)) {
      String announce = server.uri().toString();
      try (NodePeer seeder = NodePeer.seeder(Place.HOST, content, announce)) {
        String magnet = seeder.ready().get("magnet").asText();
        try (NodePeer leecher = NodePeer.leecher(Place.HOST, magnet, announce, out)) {
          JsonNode done = leecher.awaitDone(LIMIT);
          assertThat(NodePeer.hashes(done)).isEqualTo(Media.hashes(content));
          assertThat(done.get("types").toString()).isEqualTo("[\"webrtc\"]");
          await().atMost(LIMIT).until(() -> server.tracker.stats().complete() == 2);
        }
      }
      await().atMost(LIMIT).until(() -> server.tracker.stats().torrents() == 0);
      TrackerStats stats = server.tracker.stats();
      assertThat(stats.answers()).isPositive();
      assertThat(stats.malformed() + stats.refused() + stats.socketsDropped()).isZero();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** A peer of ours with a connection of its own. */
  private static final class Node implements AutoCloseable {
    final FakeOffers offers;
    final TrackerClients client =
        new TrackerClients(AddressPolicy.of(true), TestLimits.quickRetries());
    private final TrackerAnnouncement announcement;
    private volatile long left;

    Node(URI tracker, int number, long left) {
      this.left = left;
      offers = new FakeOffers("node" + number);
      announcement =
          client.announce(
              tracker,
              new AnnouncedTorrent(
                  torrent(1), peer(number), offers, () -> new AnnounceStats(0, 0, this.left)));
    }

    void complete() {
      left = 0;
      announcement.completed();
    }

    void awaitWorking(int seeders, int leechers) {
      TrackerStatuses.awaitWorking(announcement, seeders, leechers);
    }

    @Override
    public void close() {
      client.close().toCompletableFuture().join();
    }
  }

  @Test
  void ourPeersMeetThroughTheirTracker() {
    try (NodePeer tracker = NodePeer.tracker(Place.HOST)) {
      URI uri = URI.create(tracker.ready().get("ws").asText());
      try (Node leecher = new Node(uri, 1, 5)) {
        leecher.awaitWorking(0, 1);
        try (Node seed = new Node(uri, 2, 0)) {
          seed.awaitWorking(1, 1);
          await().atMost(60, SECONDS).until(() -> !seed.offers.answered.isEmpty());
          FakeOffers.Answered answered = seed.offers.answered.element();
          assertThat(answered.remote()).isEqualTo(peer(1));
          assertThat(answered.sdp()).isEqualTo("node1 answers offer " + answered.offerId());
          assertThat(leecher.offers.asked.element().remote()).isEqualTo(peer(2));
          leecher.complete();
          leecher.awaitWorking(2, 0);
        }
        try (Node late = new Node(uri, 3, 5)) {
          late.awaitWorking(1, 1);
        }
      }
    }
  }
}

package io.sluice.tracker;

import static io.sluice.testing.TrackerStatuses.awaitWorking;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.torrent;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.AnnounceStats;
import io.sluice.discovery.AnnouncedTorrent;
import io.sluice.discovery.FakeOffers;
import io.sluice.discovery.TestLimits;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerClients;
import io.sluice.discovery.TrackerStatus;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our tracker client against our tracker, over real sockets. */
@SuppressWarnings("NullAway.Init") // The field is set before all tests.
final class TrackerContractTest {

  private static Vertx vertx;

  private final Set<InfoHash> unknown = ConcurrentHashMap.newKeySet();
  private final List<TrackerClients> clients = new ArrayList<>();
  private TrackerServer server = serve(0);

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeAll() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private TrackerServer serve(int port) {
    Predicate<InfoHash> known = infoHash -> !unknown.contains(infoHash);
    return new TrackerServer(vertx, TrackerLimits.DEFAULT, known, port);
  }

  @AfterEach
  void close() {
    clients.forEach(client -> client.close().toCompletableFuture().join());
    server.close();
  }

  /** A gateway of its own: one process, one socket. */
  private final class Node {
    final int number;
    final FakeOffers offers;
    final TrackerClients client =
        new TrackerClients(AddressPolicy.of(true), TestLimits.quickRetries());
    volatile long left;

    Node(int number, long left) {
      this.number = number;
      this.left = left;
      offers = new FakeOffers("node" + number);
      clients.add(client);
    }

    TrackerAnnouncement announce(int torrent) {
      return client.announce(
          server.uri(),
          new AnnouncedTorrent(
              torrent(torrent), peer(number), offers, () -> new AnnounceStats(0, 0, left)));
    }
  }

  private void awaitPeers(int complete, int incomplete) {
    await()
        .atMost(30, SECONDS)
        .until(
            () ->
                server.tracker.stats().complete() == complete
                    && server.tracker.stats().incomplete() == incomplete);
  }

  @Test
  void offersAndAnswersFindTheirWay() {
    Node leecher = new Node(1, 5);
    awaitWorking(leecher.announce(1), 0, 1);
    Node seed = new Node(2, 0);
    awaitWorking(seed.announce(1), 1, 1);
    await().atMost(30, SECONDS).until(() -> seed.offers.answered.size() == 1);
    FakeOffers.Asked asked = leecher.offers.asked.element();
    assertThat(asked.infoHash()).isEqualTo(torrent(1));
    assertThat(asked.remote()).isEqualTo(peer(2));
    FakeOffers.Answered answered = seed.offers.answered.element();
    assertThat(answered.infoHash()).isEqualTo(torrent(1));
    assertThat(answered.remote()).isEqualTo(peer(1));
    assertThat(asked.sdp()).isEqualTo("offer " + answered.offerId());
    assertThat(answered.sdp()).isEqualTo("node1 answers offer " + answered.offerId());
    assertThat(seed.offers.made.get()).isEqualTo(5);
  }

  @Test
  void torrentsShareASocket() {
    Node node = new Node(1, 5);
    List<TrackerAnnouncement> announcements = new ArrayList<>();
    for (int torrent = 0; torrent < 20; torrent++) {
      announcements.add(node.announce(torrent));
    }
    announcements.forEach(announcement -> awaitWorking(announcement, 0, 1));
    assertThat(server.tracker.stats().torrents()).isEqualTo(20);
    assertThat(server.tracker.stats().sockets()).isEqualTo(1);

    Node other = new Node(2, 0);
    awaitWorking(other.announce(7), 1, 1);
    await().atMost(30, SECONDS).until(() -> other.offers.answered.size() == 1);
    assertThat(node.offers.asked.element().infoHash()).isEqualTo(torrent(7));

    announcements.removeFirst().close();
    awaitPeers(1, 19);
    announcements.forEach(TrackerAnnouncement::close);
    awaitPeers(1, 0);
    await().atMost(30, SECONDS).until(() -> server.tracker.stats().sockets() == 1);
  }

  @Test
  void completedIsToldOnce() {
    Node node = new Node(1, 5);
    TrackerAnnouncement announcement = node.announce(1);
    awaitWorking(announcement, 0, 1);
    node.left = 0;
    announcement.completed();
    awaitWorking(announcement, 1, 0);
    Node early = new Node(2, 0);
    TrackerAnnouncement other = early.announce(1);
    other.completed();
    awaitWorking(other, 2, 0);
    assertThat(server.tracker.stats().announces()).isEqualTo(4);
  }

  @Test
  void comesBackAfterTheTrackerRestarts() {
    Node node = new Node(1, 5);
    TrackerAnnouncement first = node.announce(1);
    TrackerAnnouncement second = node.announce(2);
    awaitWorking(first, 0, 1);
    awaitWorking(second, 0, 1);
    int port = server.port();
    server.close();
    await().atMost(30, SECONDS).until(() -> first.status() instanceof TrackerStatus.Failing);
    assertThat(second.status()).isInstanceOf(TrackerStatus.Failing.class);
    server = serve(port);
    awaitWorking(first, 0, 1);
    awaitWorking(second, 0, 1);
    awaitPeers(0, 2);
    assertThat(server.tracker.stats().sockets()).isEqualTo(1);
  }

  @Test
  void theNewSocketOfAPeerReplacesTheOldOne() {
    Node old = new Node(1, 5);
    awaitWorking(old.announce(1), 0, 1);
    Node renewed = new Node(1, 5);
    awaitWorking(renewed.announce(1), 0, 1);
    old.client.close().toCompletableFuture().join();
    await().atMost(30, SECONDS).until(() -> server.tracker.stats().sockets() == 1);
    awaitPeers(0, 1);
    Node seed = new Node(2, 0);
    awaitWorking(seed.announce(1), 1, 1);
    await().atMost(30, SECONDS).until(() -> renewed.offers.asked.size() == 1);
    assertThat(old.offers.asked).isEmpty();
  }

  @Test
  void aRefusedTorrentSaysWhy() {
    unknown.add(torrent(1));
    Node node = new Node(1, 5);
    TrackerAnnouncement refused = node.announce(1);
    TrackerAnnouncement served = node.announce(2);
    awaitWorking(served, 0, 1);
    await()
        .atMost(30, SECONDS)
        .until(
            () ->
                refused.status() instanceof TrackerStatus.Failing(String reason, _)
                    && reason.equals("the tracker says: unregistered torrent"));
  }

  @Test
  void closingTellsTheTracker() {
    Node node = new Node(1, 5);
    TrackerAnnouncement announcement = node.announce(1);
    awaitWorking(announcement, 0, 1);
    long before = server.tracker.stats().announces();
    long begin = System.nanoTime();
    node.client.close().toCompletableFuture().join();
    assertThat(System.nanoTime() - begin).isLessThan(SECONDS.toNanos(5));
    assertThat(announcement.status()).isEqualTo(new TrackerStatus.Stopped());
    assertThat(server.tracker.stats().announces()).isEqualTo(before + 1);
    awaitPeers(0, 0);
    assertThat(node.announce(2).status()).isEqualTo(new TrackerStatus.Stopped());
    announcement.close();
    node.client.close().toCompletableFuture().join();
  }
}

package io.sluice.discovery;

import static io.sluice.testing.TrackerStatuses.awaitFailing;
import static io.sluice.testing.TrackerStatuses.awaitStatus;
import static io.sluice.testing.TrackerStatuses.awaitWorking;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client says to a tracker, and how it takes what trackers do to it. */
@SuppressWarnings("NullAway.Init") // The fields are set before each test.
final class TrackerClientsTest {

  private static final InfoHash TORRENT = InfoHash.parse("aa".repeat(20));
  private static final InfoHash OTHER = InfoHash.parse("bb".repeat(20));
  private static final PeerId SELF = PeerId.of("-SL0100-selfselfself".getBytes(ISO_8859_1));
  private static final PeerId REMOTE = PeerId.of("-WW0300-farfarfarfar".getBytes(ISO_8859_1));
  private static final String THEIR_OFFER = "theirs--------------";

  private static Vertx vertx;

  private FakeTracker tracker;
  private final FakeOffers offers = new FakeOffers("self");
  private final List<TrackerClients> clients = new ArrayList<>();
  private volatile AnnounceStats stats = new AnnounceStats(1, 2, 3);

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void track() {
    tracker = new FakeTracker(vertx);
  }

  @AfterEach
  void stop() {
    clients.forEach(client -> client.close().toCompletableFuture().join());
    tracker.close();
  }

  private TrackerClients client(Consumer<TestLimits> change) {
    return client(AddressPolicy.of(true), change);
  }

  private TrackerClients client(AddressPolicy policy, Consumer<TestLimits> change) {
    TrackerClients client = new TrackerClients(policy, TestLimits.with(change));
    clients.add(client);
    return client;
  }

  private TrackerAnnouncement announce(Consumer<TestLimits> change) {
    return announce(client(change), tracker.uri());
  }

  private TrackerAnnouncement announce(TrackerClients client, URI uri) {
    return client.announce(uri, new AnnouncedTorrent(TORRENT, SELF, offers, () -> stats));
  }

  private void relayOffer(ServerWebSocket socket, PeerId from, String offerId) {
    FakeTracker.say(
        socket,
        new RelayedOffer(TORRENT, from, new TrackerMessage.Offer(offerId, "sdp " + offerId)));
  }

  @Test
  void announcesAsEveryTrackerWantsIt() throws Exception {
    TrackerAnnouncement announcement = announce(_ -> {});
    FakeTracker.Heard first = tracker.next();
    assertThat(first.announce())
        .usingRecursiveComparison()
        .ignoringFields("offers")
        .isEqualTo(
            new Announce(
                TORRENT,
                SELF,
                1,
                2,
                OptionalLong.of(3),
                Event.STARTED,
                OptionalInt.of(5),
                List.of(),
                Optional.empty()));
    assertThat(first.announce().offers()).hasSize(5);
    assertThat(first.text()).doesNotContain("null", ".0");
    assertThat(first.socket().headers().get("Host")).isEqualTo(tracker.uri().getAuthority());
    assertThat(first.socket().headers().get("User-Agent")).startsWith("Sluice/");
    assertThat(first.socket().headers().contains("Origin")).isFalse();
    assertThat(first.socket().headers().contains("Sec-WebSocket-Extensions")).isFalse();
    TrackerStatus.Working working = awaitWorking(announcement);
    assertThat(working.seeders()).isEqualTo(3);
    assertThat(working.leechers()).isEqualTo(4);
    assertThat(Duration.between(Instant.now(), working.nextAnnounce()))
        .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(120));
    stats = new AnnounceStats(5, 6, 0);
    announcement.completed();
    assertThat(tracker.next().text()).contains("\"event\":\"completed\"").doesNotContain("offers");
    announcement.close();
    assertThat(tracker.next().text())
        .contains("\"event\":\"stopped\"", "\"numwant\":0", "\"left\":0")
        .doesNotContain("offers");
    await().atMost(30, SECONDS).until(() -> tracker.sockets.getFirst().isClosed());
    assertThat(announcement.status()).isEqualTo(new TrackerStatus.Stopped());
  }

  @Test
  void announcesAgainWithoutAnEvent() throws Exception {
    tracker.onAnnounce =
        (socket, announce) ->
            FakeTracker.say(
                socket,
                new Announced(
                    announce.infoHash(),
                    OptionalInt.of(0),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.of("tracker's id"),
                    Optional.of("be nice")));
    TrackerAnnouncement announcement =
        announce(limits -> limits.minInterval = Duration.ofMillis(50));
    assertThat(tracker.next().announce().event()).isEqualTo(Event.STARTED);
    stats = new AnnounceStats(0, 0, -1);
    FakeTracker.Heard second = tracker.next();
    assertThat(second.text()).doesNotContain("\"event\"", "\"left\"");
    assertThat(second.announce().trackerId()).hasValue("tracker's id");
    assertThat(second.announce().offers()).hasSize(5);
    assertThat(second.announce().offers().getFirst().offerId()).isEqualTo("self    000000000006");
    assertThat(awaitWorking(announcement).warning()).hasValue("be nice");
  }

  @Test
  void keepsToSaneIntervals() throws Exception {
    tracker.onAnnounce =
        (socket, announce) ->
            FakeTracker.say(
                socket,
                new Announced(
                    announce.infoHash(), announce.infoHash().equals(TORRENT) ? 1 : 999_999, 0, 1));
    TrackerClients client = client(_ -> {});
    Instant often = awaitWorking(announce(client, tracker.uri())).nextAnnounce();
    assertThat(Duration.between(Instant.now(), often))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
    Instant seldom =
        awaitWorking(
                client.announce(
                    tracker.uri(), new AnnouncedTorrent(OTHER, SELF, offers, () -> stats)))
            .nextAnnounce();
    assertThat(Duration.between(Instant.now(), seldom))
        .isBetween(Duration.ofMinutes(50), Duration.ofMinutes(60));
    assertThat(tracker.sockets).hasSize(1);
  }

  @Test
  void hurriesAtMostTwiceAsFast() throws Exception {
    tracker.onAnnounce =
        (socket, announce) ->
            FakeTracker.say(socket, new Announced(announce.infoHash(), 100, 0, 1));
    TrackerAnnouncement announcement = announce(_ -> {});
    awaitWorking(announcement);
    for (int i = 0; i < 3; i++) {
      announcement.now();
    }
    tracker.next();
    assertThat(tracker.heard).isEmpty();
  }

  @Test
  void hurriesWhenItMay() throws Exception {
    tracker.onAnnounce =
        (socket, announce) ->
            FakeTracker.say(socket, new Announced(announce.infoHash(), 100_000, 0, 1));
    TrackerAnnouncement announcement =
        announce(
            limits -> {
              limits.minInterval = Duration.ofMillis(10);
              limits.maxInterval = Duration.ofSeconds(4);
            });
    awaitWorking(announcement);
    tracker.next();
    long begin = System.nanoTime();
    announcement.now();
    tracker.next();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(3_500));
  }

  @Test
  void heedsTheMinInterval() throws Exception {
    tracker.onAnnounce =
        (socket, announce) ->
            FakeTracker.say(
                socket,
                new Announced(
                    announce.infoHash(),
                    OptionalInt.of(1),
                    OptionalInt.of(100_000),
                    OptionalInt.of(0),
                    OptionalInt.of(1),
                    Optional.empty(),
                    Optional.empty()));
    TrackerAnnouncement announcement =
        announce(
            limits -> {
              limits.minInterval = Duration.ofMillis(10);
              limits.maxInterval = Duration.ofMinutes(5);
            });
    Instant next = awaitWorking(announcement).nextAnnounce();
    assertThat(Duration.between(Instant.now(), next)).isGreaterThan(Duration.ofMinutes(4));
    announcement.now();
    tracker.next();
    assertThat(tracker.heard).isEmpty();
  }

  @Test
  void staysUnderSixteenKibibytes() throws Exception {
    String sdp = "x\n".repeat(2_500); // As long again when it is JSON.
    OfferSource large =
        new FakeOffers("large") {
          @Override
          public CompletionStage<List<OfferSource.Offer>> offers(InfoHash infoHash, int count) {
            return super.offers(infoHash, count)
                .thenApply(
                    made ->
                        made.stream().map(o -> new OfferSource.Offer(o.offerId(), sdp)).toList());
          }
        };
    client(_ -> {})
        .announce(tracker.uri(), new AnnouncedTorrent(TORRENT, SELF, large, () -> stats));
    FakeTracker.Heard heard = tracker.next();
    assertThat(heard.text().getBytes(UTF_8).length).isLessThan(16 * 1024);
    assertThat(heard.announce().offers()).hasSize(2);
    assertThat(heard.announce().wanted()).hasValue(2);
  }

  @Test
  void answersOffers() throws Exception {
    announce(_ -> {});
    ServerWebSocket socket = tracker.next().socket();
    relayOffer(socket, SELF, "my own--------------");
    relayOffer(socket, REMOTE, THEIR_OFFER);
    assertThat(tracker.next().message())
        .isEqualTo(
            new Answer(
                TORRENT,
                SELF,
                REMOTE,
                THEIR_OFFER,
                "self answers sdp " + THEIR_OFFER,
                OptionalLong.of(3),
                Optional.empty()));
    assertThat(offers.asked).hasSize(1);
  }

  @Test
  void answersABoundedNumberAtOnce() throws Exception {
    List<CompletableFuture<String>> pending = new ArrayList<>();
    OfferSource slow =
        new FakeOffers("slow") {
          @Override
          public CompletionStage<String> answer(InfoHash infoHash, PeerId remote, String sdp) {
            asked.add(new Asked(infoHash, remote, sdp));
            CompletableFuture<String> answer = new CompletableFuture<>();
            synchronized (pending) {
              pending.add(answer);
            }
            return answer;
          }
        };
    client(
            limits -> {
              limits.answersAtOnce = 3;
              limits.offerWait = Duration.ofMinutes(1);
            })
        .announce(
            tracker.uri(), new AnnouncedTorrent(TORRENT, SELF, withoutOffers(slow), () -> stats));
    ServerWebSocket socket = tracker.next().socket();
    for (int i = 0; i < 10; i++) {
      relayOffer(socket, REMOTE, "theirs-------------" + i);
    }
    await().atMost(30, SECONDS).until(() -> pending.size() == 3);
    synchronized (pending) {
      pending.get(0).completeExceptionally(new IllegalStateException("unwanted"));
      pending.get(1).complete("the answer");
    }
    assertThat(((Answer) tracker.next().message()).offerId()).isEqualTo("theirs-------------1");
    relayOffer(socket, REMOTE, THEIR_OFFER);
    await().atMost(30, SECONDS).until(() -> pending.size() == 4);
  }

  /** The source's answers, and its offers never. */
  private static OfferSource withoutOffers(OfferSource source) {
    return new OfferSource() {
      @Override
      public CompletionStage<List<OfferSource.Offer>> offers(InfoHash infoHash, int count) {
        return CompletableFuture.completedStage(List.of());
      }

      @Override
      public CompletionStage<String> answer(InfoHash infoHash, PeerId remote, String offerSdp) {
        return source.answer(infoHash, remote, offerSdp);
      }

      @Override
      public void answered(InfoHash infoHash, PeerId remote, String offerId, String answerSdp) {
        source.answered(infoHash, remote, offerId, answerSdp);
      }
    };
  }

  @Test
  void takesTheFirstAnswerToItsOwnOffers() throws Exception {
    announce(_ -> {});
    FakeTracker.Heard heard = tracker.next();
    String offerId = heard.announce().offers().getFirst().offerId();
    FakeTracker.say(heard.socket(), new RelayedAnswer(OTHER, REMOTE, offerId, "other torrent"));
    FakeTracker.say(heard.socket(), new RelayedAnswer(TORRENT, REMOTE, THEIR_OFFER, "unknown"));
    FakeTracker.say(heard.socket(), new RelayedAnswer(TORRENT, REMOTE, offerId, "first"));
    FakeTracker.say(heard.socket(), new RelayedAnswer(TORRENT, REMOTE, offerId, "second"));
    relayOffer(heard.socket(), REMOTE, THEIR_OFFER);
    tracker.next();
    assertThat(offers.answered)
        .containsExactly(new FakeOffers.Answered(TORRENT, REMOTE, offerId, "first"));
  }

  @Test
  void announcesWithoutOffersWhenThereAreNone() throws Exception {
    OfferSource broken =
        new FakeOffers("broken") {
          @Override
          public CompletionStage<List<OfferSource.Offer>> offers(InfoHash infoHash, int count) {
            throw new IllegalStateException("meant to be thrown");
          }
        };
    OfferSource late =
        new FakeOffers("late") {
          @Override
          public CompletionStage<List<OfferSource.Offer>> offers(InfoHash infoHash, int count) {
            return new CompletableFuture<>();
          }
        };
    TrackerClients client = client(limits -> limits.offerWait = Duration.ofMillis(50));
    client.announce(
        tracker.uri(),
        new AnnouncedTorrent(
            TORRENT,
            SELF,
            broken,
            () -> {
              throw new IllegalStateException("meant to be thrown");
            }));
    FakeTracker.Heard first = tracker.next();
    assertThat(first.announce().offers()).isEmpty();
    assertThat(first.announce().wanted()).hasValue(0);
    assertThat(first.announce().left()).isEmpty();
    assertThat(first.text()).contains("\"offers\":[]");
    client.announce(tracker.uri(), new AnnouncedTorrent(OTHER, SELF, late, () -> stats));
    assertThat(tracker.next().announce().offers()).isEmpty();
  }

  @Test
  void saysWhatTheTrackerRefused() throws Exception {
    tracker.onAnnounce =
        (socket, announce) ->
            FakeTracker.say(socket, new Failure(Optional.of(announce.infoHash()), "not here"));
    TrackerAnnouncement announcement =
        announce(limits -> limits.maxInterval = Duration.ofMillis(300));
    awaitFailing(announcement, "the tracker says: not here");
    assertThat(tracker.next().announce().event()).isEqualTo(Event.STARTED);
    assertThat(tracker.next().announce().event()).isEqualTo(Event.STARTED);
    tracker.onAnnounce =
        (socket, _) -> FakeTracker.say(socket, new Failure(Optional.empty(), "no idea"));
    awaitFailing(announcement, "the tracker says: no idea");
    tracker.onAnnounce =
        (socket, announce) -> FakeTracker.say(socket, new Announced(announce.infoHash(), 1, 0, 1));
    awaitWorking(announcement);
    assertThat(tracker.sockets).hasSize(1);
  }

  @Test
  void noticesATrackerThatDoesNotAnswer() throws Exception {
    tracker.onAnnounce = (_, _) -> {};
    TrackerAnnouncement announcement =
        announce(limits -> limits.responseWait = Duration.ofMillis(100));
    awaitFailing(announcement, "does not answer");
    announcement.close();
    tracker.next();
    await().atMost(30, SECONDS).until(() -> tracker.sockets.getFirst().isClosed());
  }

  @Test
  void connectsAgain() throws Exception {
    TrackerAnnouncement announcement = announce(_ -> {});
    ServerWebSocket socket = tracker.next().socket();
    awaitWorking(announcement);
    socket.close();
    FakeTracker.Heard again = tracker.next();
    assertThat(again.announce().event()).isEqualTo(Event.STARTED);
    assertThat(again.announce().peerId()).isEqualTo(SELF);
    assertThat(tracker.sockets).hasSize(2);
    awaitWorking(announcement);
  }

  @Test
  void leavesATrackerThatMakesNoSense() throws Exception {
    TrackerAnnouncement announcement = announce(limits -> limits.maxRetry = Duration.ofHours(1));
    ServerWebSocket socket = tracker.next().socket();
    awaitWorking(announcement);
    for (int i = 0; i < 19; i++) {
      socket.writeTextMessage("{\"action\":\"dance\"}");
    }
    FakeTracker.say(socket, new Announced(TORRENT, 120, 77, 0));
    awaitStatus(announcement, TrackerStatus.Working.class, working -> working.seeders() == 77);
    for (int i = 0; i < 20; i++) {
      socket.writeTextMessage("\ud83d\ude00");
    }
    assertThat(tracker.next().socket()).isNotSameAs(socket);
  }

  @ParameterizedTest
  @ValueSource(ints = {130 * 1024, 300 * 1024})
  void leavesATrackerThatTalksTooLong(int bytes) throws Exception {
    announce(_ -> {});
    ServerWebSocket socket = tracker.next().socket();
    socket.writeTextMessage("x".repeat(bytes));
    assertThat(tracker.next().socket()).isNotSameAs(socket);
  }

  @Test
  void leavesATrackerThatFellSilent() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("ws://" + FakeTracker.host() + ":" + server.getLocalPort());
      TrackerAnnouncement announcement =
          announce(client(limits -> limits.ping = Duration.ofMillis(100)), uri);
      try (Socket first = server.accept()) {
        shakeHands(first);
        awaitFailing(announcement, "fallen silent");
        // The client closes what it gave up, whether or not anybody listens.
        first.setSoTimeout(30_000);
        first.getInputStream().readAllBytes();
        server.accept().close();
      }
    }
  }

  /** Takes any request for a WebSocket; what its key proves is computed as RFC 6455 says. */
  private static void shakeHands(Socket socket) throws Exception {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    int at = head.toString().toLowerCase(Locale.ROOT).indexOf("sec-websocket-key: ") + 19;
    String key = head.substring(at, head.indexOf("\r\n", at));
    byte[] proof =
        MessageDigest.getInstance("SHA-1")
            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
    String response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + Base64.getEncoder().encodeToString(proof)
            + "\r\n\r\n";
    socket.getOutputStream().write(response.getBytes(ISO_8859_1));
  }

  @Test
  void saysWhyThereIsNoConnection() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    TrackerClients client = client(_ -> {});
    URI nobody = URI.create("ws://" + FakeTracker.host() + ":" + free);
    assertThat(awaitFailing(announce(client, nobody), "cannot connect"))
        .isEqualTo("cannot connect: connection refused");

    var web =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().setStatusCode(403).end("go away"))
            .listen(0, FakeTracker.host())
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    URI noTracker = URI.create("ws://" + FakeTracker.host() + ":" + web.actualPort());
    assertThat(awaitFailing(announce(client, noTracker), "403"))
        .isEqualTo("the tracker answered 403 Forbidden and no WebSocket");
    web.close().toCompletionStage().toCompletableFuture().join();

    assertThat(announce(client, URI.create("ftp://tracker.test:1/announce")).status())
        .isEqualTo(new TrackerStatus.Unsupported("not the URL of a tracker"));
    announce(client, URI.create("magnet:?xt=1")).close();
  }

  @Test
  void aServerThatNeverShakesHandsIsGivenUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("ws://" + FakeTracker.host() + ":" + server.getLocalPort());
      TrackerAnnouncement announcement =
          announce(client(limits -> limits.connect = Duration.ofMillis(200)), uri);
      awaitFailing(announcement, "the tracker does not shake hands");
    }
  }

  @Test
  void asksThePolicyBeforeEachConnection() throws Exception {
    List<String> asked = new ArrayList<>();
    InetSocketAddress pinned = new InetSocketAddress(FakeTracker.host(), tracker.port());
    AddressPolicy policy =
        (host, port) -> {
          synchronized (asked) {
            asked.add(host + ":" + port);
          }
          return CompletableFuture.completedStage(new Verdict.Allowed(List.of(pinned)));
        };
    announce(client(policy, _ -> {}), URI.create("ws://tracker.test:9/announce"));
    ServerWebSocket socket = tracker.next().socket();
    assertThat(socket.headers().get("Host")).isEqualTo("tracker.test:9");
    assertThat(socket.path()).isEqualTo("/announce");
    socket.close();
    tracker.next();
    synchronized (asked) {
      assertThat(asked).containsExactly("tracker.test:9", "tracker.test:9");
    }
  }

  @Test
  void triesEachAddress() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    List<InetSocketAddress> addresses =
        List.of(
            new InetSocketAddress(FakeTracker.host(), free),
            new InetSocketAddress(FakeTracker.host(), tracker.port()));
    AddressPolicy policy =
        (_, _) -> CompletableFuture.completedStage(new Verdict.Allowed(addresses));
    awaitWorking(announce(client(policy, _ -> {}), URI.create("ws://tracker.test")));
  }

  @Test
  void refusedAddressesAreNotConnectedTo() throws Exception {
    TrackerClients client = client(AddressPolicy.of(false), _ -> {});
    assertThat(awaitFailing(announce(client, tracker.uri()), "not connected"))
        .isEqualTo("not connected: loopback address");
    assertThat(tracker.sockets).isEmpty();
    TrackerClients late =
        client(
            (_, _) -> new CompletableFuture<>(), limits -> limits.connect = Duration.ofMillis(50));
    awaitFailing(announce(late, tracker.uri()), "the name is not resolved");
  }

  @Test
  void boundsTheNumberOfTrackers() throws Exception {
    TrackerClients client = client(limits -> limits.connections = 1);
    TrackerAnnouncement first = announce(client, tracker.uri());
    awaitWorking(first);
    try (FakeTracker second = new FakeTracker(vertx)) {
      TrackerAnnouncement refused = announce(client, second.uri());
      awaitStatus(refused, TrackerStatus.Unsupported.class, _ -> true);
      first.close();
      await().atMost(30, SECONDS).until(() -> tracker.sockets.getFirst().isClosed());
      // The place is free again once the client has noticed that its connection is closed.
      await()
          .atMost(30, SECONDS)
          .until(
              () -> {
                TrackerAnnouncement next = announce(client, second.uri());
                await()
                    .atMost(30, SECONDS)
                    .until(() -> !(next.status() instanceof TrackerStatus.Connecting));
                return next.status() instanceof TrackerStatus.Working;
              });
    }
  }

  @Test
  void announcingATorrentAgainReplacesIt() throws Exception {
    TrackerClients client = client(_ -> {});
    TrackerAnnouncement first = announce(client, tracker.uri());
    awaitWorking(first);
    TrackerAnnouncement second = announce(client, tracker.uri());
    awaitWorking(second);
    assertThat(first.status()).isEqualTo(new TrackerStatus.Stopped());
    first.close();
    tracker.next();
    tracker.next();
    relayOffer(tracker.sockets.getFirst(), REMOTE, THEIR_OFFER);
    assertThat(tracker.next().message()).isInstanceOf(Answer.class);
    assertThat(tracker.sockets).hasSize(1);
  }

  @Test
  void closesWithinASecondWhateverTheTrackerDoes() throws Exception {
    tracker.onAnnounce =
        (socket, announce) -> {
          if (announce.event() == Event.STARTED) {
            FakeTracker.say(socket, new Announced(announce.infoHash(), 120, 0, 1));
          } else {
            socket.pause();
          }
        };
    TrackerClients client = client(_ -> {});
    awaitWorking(announce(client, tracker.uri()));
    long begin = System.nanoTime();
    client.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
    tracker.next();
    assertThat(tracker.next().announce().event()).isEqualTo(Event.STOPPED);
  }
}
